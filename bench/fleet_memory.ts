/**
 * The memory that a run takes on the server.
 *
 * @module
 */

import { join } from "@std/path";
import type { Meter } from "./meter.ts";

const COMPRESSORS = /^(p?bzip2|lbzip2|zstd)$/;
const PAUSE_MILLISECONDS = 50;

/** What a command gave, and the most MiB that the server held meanwhile. */
export interface Watched<T> {
  readonly result: T;
  /** The compressor. */
  readonly compressor: number;
  /** All other processes of the session, together. */
  readonly others: number;
}

/**
 * Watches the processes below sshd while a command runs. What counts is memory of
 * their own (`RssAnon`): programs and libraries are in memory once for all runs.
 */
export async function watchMemory<T>(
  meter: Meter,
  command: () => Promise<T>,
): Promise<Watched<T>> {
  let ended = false;
  let compressor = 0;
  let others = 0;
  const watch = async () => {
    while (!ended) {
      const now = await sessionMemory(meter);
      compressor = Math.max(compressor, now.compressor);
      others = Math.max(others, now.others);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  };
  const watching = watch();
  try {
    const result = await command();
    return { result, compressor, others };
  } finally {
    ended = true;
    await watching;
  }
}

async function sessionMemory({ group, server }: Meter) {
  const text = await Deno.readTextFile(join(group, "cgroup.procs"));
  const processes = await Promise.all(text.trim().split("\n").map(Number).map(processStatus));
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isServers = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === server || isServers(parent));
  };
  let compressor = 0;
  let others = 0;
  for (const { pid, name, memory } of processes) {
    if (!isServers(pid)) continue;
    if (COMPRESSORS.test(name)) compressor += memory;
    else others += memory;
  }
  return { compressor, others };
}

async function processStatus(pid: number) {
  // A process may have ended since it was listed.
  const text = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(text)?.[1] ?? "";
  return {
    pid,
    name: field("Name"),
    parent: Number(field("PPid")),
    memory: Number(field("RssAnon")) / 1024,
  };
}
