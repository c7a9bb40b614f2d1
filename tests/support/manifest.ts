/**
 * Puppet on a machine of its own, as Debian's package sets it up, with our modules.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { outputOf } from "./command.ts";
import { binaryUnderTest } from "./cron_site.ts";
import type { Machine } from "./machine.ts";
import { MODULES } from "./puppet.ts";

/** Lays down the modules, with the binary in its place. */
export async function layModules(machine: Machine): Promise<void> {
  const there = machine.seen("/etc/puppet/code/modules");
  await Deno.mkdir(there, { recursive: true });
  await outputOf(["cp", "-R", "--", `${MODULES}/.`, there]);
  await Deno.copyFile(binaryUnderTest(), `${there}/roundrobinbackup/files/roundrobinbackup`);
}

/** Applies a manifest. Whether it has changed something; fails unless all went well. */
export async function applied(machine: Machine, manifest: string): Promise<boolean> {
  await Deno.writeTextFile(machine.seen("/root/manifest.pp"), manifest);
  const { code, stdout, stderr } = await machine.outcome([
    ...["puppet", "apply", "--detailed-exitcodes", "--color=false", "/root/manifest.pp"],
  ]);
  if ((code !== 0 && code !== 2) || stderr !== "") {
    throw new Error(`puppet apply ended with ${code}: ${stdout}${stderr}`);
  }
  return code === 2;
}

/** Applies a manifest twice: the second time nothing is left to do. */
export async function converge(machine: Machine, manifest: string): Promise<void> {
  assertEquals([await applied(machine, manifest), await applied(machine, manifest)], [true, false]);
}

/** The entries of an account's crontab, and the variables before them. */
export async function crontabOf(machine: Machine, account = "root"): Promise<string[]> {
  const { stdout } = await machine.outcome(["crontab", "-u", account, "-l"]);
  return stdout.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** The minute of a date at which the crontab's only entry is run. */
export async function minuteOf(
  machine: Machine,
  date: Temporal.PlainDate,
): Promise<Temporal.PlainDateTime> {
  const entries = (await crontabOf(machine)).flatMap((line) => {
    const [, minute, hour] = /^(\d+) (\d+) \* \* \* /.exec(line) ?? [];
    return minute === undefined ? [] : [{ minute: Number(minute), hour: Number(hour) }];
  });
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) throw new Error(`${entries.length} daily entries`);
  return date.toPlainDateTime(entry);
}
