/**
 * Wrong clocks, by libfaketime.
 *
 * @module
 */

import { outcomeOf } from "./command.ts";

/**
 * The environment of a program that sees another time, which goes on from there:
 * `+2d`, `-25h`, `@1970-01-02 12:00:00`. The program under test passes it to none
 * of its children.
 */
export async function fakeClock(time: string): Promise<Record<string, string>> {
  return {
    LD_PRELOAD: await library(),
    FAKETIME: time,
    // Timers run as they would.
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

/** A `date` that sees another time: the clock of a destination on this machine. */
export async function fakeDate(time: string): Promise<string> {
  return `LD_PRELOAD='${await library()}' FAKETIME='${time}' exec /usr/bin/date "$@"`;
}

async function library(): Promise<string> {
  const find = "ls /usr/lib/*/faketime/libfaketimeMT.so.1 | head -n 1";
  const { stdout } = await outcomeOf(["sh", "-c", find]);
  if (stdout === "") throw new Error("There is no libfaketime: install the package libfaketime");
  return stdout.trim();
}
