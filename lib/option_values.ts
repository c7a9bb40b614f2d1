/**
 * The kinds of value that options take: how each is shown, described, checked.
 *
 * @module
 */

import { parseDate } from "./calendar.ts";

/** How a value is given and checked. */
export interface ValueSpec<T> {
  /** As the help shows it. */
  readonly label: string;
  /** What is accepted, to complete "it takes …". */
  readonly accepts: string;
  /** The value, or `undefined` when `text` is not accepted. */
  readonly parse: (text: string) => T | undefined;
}

/** The highest accepted count: 273 years of days, and no typing error. */
export const HIGHEST_COUNT = 99_999;

/** Whole numbers, the bounds included. */
export function wholeNumber(lowest: number, highest: number): ValueSpec<number> {
  return {
    label: "N",
    accepts: `a whole number from ${lowest} to ${highest}`,
    parse: (text) => {
      const number = Number(text);
      return /^\d+$/.test(text) && number >= lowest && number <= highest ? number : undefined;
    },
  };
}

/** A calendar date. */
export const DATE: ValueSpec<Temporal.PlainDate> = {
  label: "DATE",
  accepts: "a date written YYYY-MM-DD",
  parse: parseDate,
};

const SECONDS = { "": 1, s: 1, m: 60, h: 3600 };
const LONGEST_SECONDS = 24 * 3600;

/** A time, in seconds. */
export const DURATION: ValueSpec<number> = {
  label: "DURATION",
  accepts: "a time as 90s, 30m or 2h, 24h at most",
  parse: (text) => {
    const [, number, unit = ""] = /^(\d{1,6})([smh]?)$/.exec(text) ?? [];
    const seconds = Number(number) * (SECONDS[unit as keyof typeof SECONDS] ?? NaN);
    return seconds <= LONGEST_SECONDS ? seconds : undefined;
  },
};

/** A file of this machine. */
export const FILE: ValueSpec<string> = {
  label: "FILE",
  accepts: "a file name",
  parse: (text) => text === "" ? undefined : text,
};

/** One of the given words. */
export function oneOf(label: string, words: readonly string[]): ValueSpec<string> {
  return {
    label,
    accepts: `one of ${words.join(", ")}`,
    parse: (text) => words.includes(text) ? text : undefined,
  };
}

/** Any text but none. */
export const TEXT: ValueSpec<string> = {
  label: "TEXT",
  accepts: "some text",
  parse: (text) => text === "" ? undefined : text,
};

/** An rsync filter pattern. */
export const PATTERN: ValueSpec<string> = {
  label: "PATTERN",
  accepts: "an rsync pattern",
  parse: (text) => text === "" ? undefined : text,
};

// deno-lint-ignore no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What names of archives start with. */
export const PREFIX: ValueSpec<string> = {
  label: "TEXT",
  accepts: "text without a slash or a control character",
  parse: (text) => text.includes("/") || CONTROL.test(text) ? undefined : text,
};

/** A directory below the destination that can be no archive and not our own. */
export const MIRROR: ValueSpec<string> = {
  label: "DIR",
  accepts: "a relative directory name without . or .. in it",
  parse: (text) => {
    const parts = text.replace(/\/+$/, "").split("/");
    const own = parts[0] === ".roundrobinbackup";
    const odd = parts.some((part) => part === "" || part === "." || part === "..");
    return own || odd || CONTROL.test(text) || /[*?\[]/.test(text) ? undefined : parts.join("/");
  },
};
