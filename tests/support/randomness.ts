/**
 * Random choices that a seed repeats.
 *
 * @module
 */

/** `RRB_FAULT_SEED`, or the seed that is used where nobody asks for another. */
export const SEED = Deno.env.get("RRB_FAULT_SEED") ?? "20261122";

/** A stream of random numbers. */
export interface Randomness {
  /** From 0 up to, and without, 1. */
  number(): number;
  /** One of several. */
  pick<T>(choices: readonly T[]): T | undefined;
}

/** The stream that belongs to a seed and a purpose; each purpose has its own. */
export function randomness(purpose: string): Randomness {
  let state = hash(`${SEED}/${purpose}`);
  // Mulberry32, by Tommy Ettinger: in the public domain, and good enough to scatter faults.
  const number = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { number, pick: (choices) => choices[Math.floor(number() * choices.length)] };
}

/** FNV-1a: any text as 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value;
}
