/**
 * Ends one process of a backup by SIGKILL at a random moment.
 *
 * @module
 */

import { join } from "@std/path";
import type { Outcome } from "./command.ts";
import { killProcess, type Process, runningProcesses, withDescendants } from "./processes.ts";
import { programCommand } from "./program.ts";
import type { Randomness } from "./randomness.ts";
import type { Site } from "./site.ts";
import { SSHD_CONFIG } from "./sshd.ts";

/** What of a backup is to be killed. */
export type Target = keyof typeof TARGETS;

type Finder = (all: readonly Process[], site: Site, program: string) => Process[];

const RUN_DIRECTORY = /run-[0-9a-f]{8}-[0-9a-f-]{27}/;

const TARGETS = {
  "the program": (all, site, program) => all.filter((process) => isProgram(process, site, program)),
  "an ssh client": (all, site) =>
    all.filter(({ name, args }) => name === "ssh" && args.includes(site.directory)),
  // tar, its compressor, the script around them, and what that runs: sync, sha256sum, mv.
  "the archive script": (all, site) => {
    const first = all.filter(({ name, args }) =>
      ["tar", "sh"].includes(name) && RUN_DIRECTORY.test(args) && args.includes(site.destination)
    );
    return withDescendants(first, all);
  },
  // What keeps the lock while our end of the connection is open.
  "the lock's holder": (all, site, program) => {
    const first = all.filter((process) =>
      process === listenerOf(all, site) || isProgram(process, site, program)
    );
    return withDescendants(first, all).filter(({ args }) => args === "cat");
  },
  "the connection's sshd": (all, site) => {
    const listener = listenerOf(all, site);
    return all.filter(({ parent }) => parent === listener?.pid);
  },
  "rsync": (all, site) =>
    all.filter(({ name, args }) => name === "rsync" && args.includes(site.source)),
  "the other rsync": (all, site) =>
    all.filter(({ name, args }) =>
      name === "rsync" && args.includes("--server") && args.includes(site.destination)
    ),
} as const satisfies Record<string, Finder>;

function isProgram({ args }: Process, site: Site, program: string): boolean {
  return args.startsWith(program) && args.includes(site.source);
}

function listenerOf(all: readonly Process[], site: Site): Process | undefined {
  const config = site.path("sshd", SSHD_CONFIG);
  return all.find(({ name, args }) => name === "sshd" && args.includes(config));
}

/** The processes of a site's runs: everything but its ssh server. */
export async function processesOf(site: Site): Promise<Process[]> {
  const all = await runningProcesses();
  const listener = listenerOf(all, site);
  const ours = all.filter((process) =>
    process !== listener && process.args.includes(site.directory)
  );
  const sessions = all.filter(({ parent }) => parent === listener?.pid);
  return withDescendants([...ours, ...sessions], all);
}

/** Runs a backup undisturbed and gives how long there is something of `target`, in milliseconds. */
export async function lifetimeOf(
  site: Site,
  target: Target,
  backup: () => Promise<Outcome>,
): Promise<number> {
  const victims = await finder(site, target);
  let ended = false;
  const run = backup().finally(() => ended = true);
  let [first, last] = [Infinity, 0];
  while (!ended) {
    const now = performance.now();
    if ((await victims()).length > 0) [first, last] = [Math.min(first, now), now];
    await pause(5);
  }
  const { code, stderr } = await run;
  if (code !== 0) throw new Error(`The backup ended with ${code}: ${stderr}`);
  // Too short to be seen: to be killed as soon as it is.
  return last === 0 ? 0 : last - first;
}

/** What became of a run with a fault in it. */
export interface Killed {
  readonly outcome: Outcome;
  /** Whether there was something to kill: a moment can lie past the target's end. */
  readonly hit: boolean;
}

/** Starts a backup and kills something of `target`, or all of it, at a random moment of its life. */
export async function killAtRandom(
  site: Site,
  backup: () => Promise<Outcome>,
  { target, lifetime, random }: { target: Target; lifetime: number; random: Randomness },
): Promise<Killed> {
  const victims = await finder(site, target);
  const delay = random.number() * lifetime;
  const all = random.number() < 0.25;
  let ended = false;
  const run = backup().finally(() => ended = true);
  while (!ended && (await victims()).length === 0) await pause(2);
  await pause(delay);
  const found = await victims();
  const one = random.pick(found);
  const chosen = all ? found : one === undefined ? [] : [one];
  const hit = chosen.map(killProcess).includes(true);
  return { outcome: await run, hit };
}

async function finder(site: Site, target: Target): Promise<() => Promise<Process[]>> {
  const program = (await programCommand(site.account)).argv.join(" ");
  return async () => TARGETS[target](await runningProcesses(), site, program);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Programs of a destination with a short while before each step of publishing. */
export function slowPublishing(): Record<string, string> {
  const slow = (name: string) => `sleep 0.03; exec ${join("/usr/bin", name)} "$@"`;
  return Object.fromEntries(["sync", "sha256sum", "mv", "rmdir"].map((name) => [name, slow(name)]));
}
