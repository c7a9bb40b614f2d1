/**
 * What a command costs: time, processor time at both ends, bytes on the wire,
 * memory.
 *
 * @module
 */

import { join } from "@std/path";

/** What one command cost. */
export interface Cost {
  /** Seconds until it ended. */
  readonly wall: number;
  /** User and system seconds of all its processes, on both sides of ssh. */
  readonly cpu: number;
  /** Bytes that crossed the network, both ways, with the headers of TCP and IP. */
  readonly wire: number;
  /** The peak memory of the command's own process, in bytes; 0 unless asked for. */
  readonly peak: number;
}

/** Where and how commands are measured. */
export interface Meter {
  /** The directory of the control group in which the server runs, and all that is measured. */
  readonly group: string;
  /** The process of the server: the only one that outlives a command. */
  readonly server: number;
}

/** A shell script to measure. */
export interface Task {
  readonly script: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The file that gets what it prints. */
  readonly log: string;
  /** Exit codes with which it did its work. */
  readonly codes?: readonly number[];
  /** Whether to watch the memory; the script has to `exec` the program. */
  readonly watched?: boolean;
}

/** No command may take longer. */
const LIMIT_MILLISECONDS = 2 * 3600 * 1000;

/**
 * Runs a script and measures it.
 *
 * @throws {Error} when it fails, with the last lines that it printed
 */
export async function measured(meter: Meter, task: Task): Promise<Cost & { code: number }> {
  await settle();
  const before = { cpu: await cpuSeconds(meter), wire: await wireBytes() };
  const start = performance.now();
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'echo 0 >"$1" && exec sh -euc "$2" >"$3" 2>&1',
      ...["sh", join(meter.group, "cgroup.procs"), task.script, task.log],
    ],
    cwd: "/",
    env: { ...task.env },
    clearEnv: true,
    stdin: "null",
    signal: AbortSignal.timeout(LIMIT_MILLISECONDS),
  }).spawn();
  const peak = task.watched ? watchPeak(child) : Promise.resolve(0);
  const { code } = await child.status;
  const wall = (performance.now() - start) / 1000;
  await drained(meter);
  if (!(task.codes ?? [0]).includes(code)) {
    const printed = (await Deno.readTextFile(task.log)).trim().split("\n").slice(-4).join(" | ");
    throw new Error(`exit code ${code}: ${printed}`);
  }
  const cpu = await cpuSeconds(meter) - before.cpu;
  return { code, wall, cpu, wire: await wireBytes() - before.wire, peak: await peak };
}

/** Flushes what the command before left to write; some tools also need a second of their own. */
async function settle(): Promise<void> {
  await new Deno.Command("sync").output();
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** Waits until the server's side of the command has ended as well. */
async function drained({ group, server }: Meter): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt++) {
    const pids = (await Deno.readTextFile(join(group, "cgroup.procs"))).trim().split("\n");
    if (pids.every((pid) => Number(pid) === server)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("a process of the command does not end");
}

async function cpuSeconds({ group }: Meter): Promise<number> {
  const text = await Deno.readTextFile(join(group, "cpu.stat"));
  return Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) / 1e6;
}

/** All traffic of the loopback device; there is no other traffic in our network namespace. */
async function wireBytes(): Promise<number> {
  const text = await Deno.readTextFile("/proc/net/dev");
  return Number(/^\s*lo:\s*(\d+)/m.exec(text)?.[1]);
}

/**
 * The peak resident memory of a process. GNU time would give that of the largest
 * process in the family, which is rsync; the kernel's high-water mark is the
 * process's own, and looking at it often misses only the last moment.
 */
async function watchPeak(child: Deno.ChildProcess): Promise<number> {
  let ended = false;
  const status = child.status.then(() => ended = true);
  let peak = 0;
  while (!ended) {
    const text = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(text)?.[1];
    if (kibibytes !== undefined) peak = Number(kibibytes) * 1024;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await status;
  return peak;
}

/** The bytes that a directory takes on the disk; hard links count once. */
export async function diskBytes(directory: string): Promise<number> {
  const { stdout } = await new Deno.Command("du", {
    args: ["--summarize", "--block-size=1", directory],
  }).output();
  return Number.parseInt(new TextDecoder().decode(stdout));
}
