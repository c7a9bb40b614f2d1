/**
 * The command line of `bench/fleet`.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../lib/errors.ts";

const FLAGS = ["measure", "quick", "save", "help"] as const;
const VALUES = [
  ...["clients", "window", "splay", "cores", "disk", "net", "changed", "size", "delta"],
  ...["compress", "costs", "work", "group", "program", "faketime"],
] as const;

/** What `bench/fleet` is asked for. */
export interface FleetOptions {
  readonly fleets: readonly number[];
  /** Seconds, as all times here. */
  readonly window: number;
  readonly splay: number;
  readonly cores: number;
  readonly disk: number;
  readonly net: number;
  /** A share. */
  readonly changed: number;
  readonly size: number;
  readonly delta: number;
  readonly compressor: string;
  /** A file, unless it is the one in this directory. */
  readonly costs: string | undefined;
  readonly measure: boolean;
  readonly quick: boolean;
  readonly save: boolean;
  /** What the script made for a measurement. */
  readonly place: {
    readonly work: string;
    readonly group: string;
    readonly program: string;
    readonly faketime: string;
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Seconds of a duration such as `4h`, `30m` or `90s`; `none` is 0.
 *
 * @throws {UsageError} for anything else
 */
export function parseDuration(name: string, text: string): number {
  if (text === "none") return 0;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const seconds = UNITS[unit];
  if (number !== undefined && seconds !== undefined) return Number(number) * seconds;
  throw new UsageError(`--${name} takes a duration, for instance 30m or 4h, not "${text}"`);
}

function positive(name: string, text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (number > 0) return number;
  throw new UsageError(`--${name} takes a number over 0, not "${text}"`);
}

function fleetSizes(text: string): number[] {
  return text.split(",").map((word) => {
    if (/^[1-9]\d{0,5}$/.test(word)) return Number(word);
    throw new UsageError(`--clients takes whole numbers up to 999999, not "${word}"`);
  });
}

/**
 * Checks a command line.
 *
 * @throws {UsageError} for what it does not know
 */
export function fleetOptions(argv: readonly string[]): FleetOptions {
  const known: readonly string[] = [...FLAGS, ...VALUES, "_"];
  const parsed = parseArgs([...argv], { boolean: [...FLAGS], string: [...VALUES] });
  const words = Array.isArray(parsed["_"]) ? parsed["_"] : [];
  const unknown = Object.keys(parsed).find((name) => !known.includes(name)) ?? words[0];
  if (unknown !== undefined) throw new UsageError(`There is no option "${unknown}"`);
  const text = (name: (typeof VALUES)[number]) => {
    const value = parsed[name];
    return typeof value === "string" ? value : undefined;
  };
  const number = (name: (typeof VALUES)[number], fallback: number) =>
    positive(name, text(name) ?? String(fallback));
  const quick = parsed["quick"] === true;
  const window = parseDuration("window", text("window") ?? "4h");
  if (window === 0) throw new UsageError("--window takes a duration over 0");
  const splay = text("splay");
  const changed = text("changed") ?? "50";
  if (!/^\d{1,3}$/.test(changed) || Number(changed) > 100) {
    throw new UsageError(`--changed takes a percentage, 0 to 100, not "${changed}"`);
  }
  const size = number("size", 1024);
  return {
    fleets: fleetSizes(text("clients") ?? (quick ? "10,100" : "10,30,100,300,1000,3000,10000")),
    window,
    // What starts last must be done within the window as well.
    splay: splay === undefined ? window * 3 / 4 : parseDuration("splay", splay),
    cores: number("cores", 8),
    disk: number("disk", 200),
    // A gigabit a second.
    net: number("net", 119),
    changed: Number(changed) / 100,
    size,
    delta: number("delta", size / 100),
    compressor: text("compress") ?? "lbzip2",
    costs: text("costs"),
    measure: parsed["measure"] === true,
    quick,
    save: parsed["save"] === true,
    place: {
      work: text("work") ?? "",
      group: text("group") ?? "",
      program: text("program") ?? "",
      faketime: text("faketime") ?? "",
    },
  };
}
