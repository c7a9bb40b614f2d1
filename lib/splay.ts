/**
 * The delay that keeps a fleet from starting at once.
 *
 * @module
 */

/** What a delay depends on, beside its limit: another host or job has another one. */
export interface SplayKey {
  readonly host: string;
  readonly source: string;
  readonly destination: string;
}

/**
 * How many seconds to wait, from 0 to less than `limit`: always the same for one key,
 * spread evenly over many.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { splaySeconds } from "./splay.ts";
 *
 * const key = { host: "web1", source: "/var/www/", destination: "backup:/srv/web1" };
 * const seconds = await splaySeconds(1800, key);
 * assert(seconds >= 0 && seconds < 1800);
 * assertEquals(await splaySeconds(1800, { ...key }), seconds);
 * ```
 */
export async function splaySeconds(
  limit: number,
  { host, source, destination }: SplayKey,
): Promise<number> {
  const bytes = new TextEncoder().encode(JSON.stringify([host, source, destination]));
  const digest = new DataView(await crypto.subtle.digest("SHA-256", bytes));
  return Math.floor(digest.getUint32(0) / 2 ** 32 * limit);
}
