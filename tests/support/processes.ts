/**
 * The processes of this machine, to find those that a test has started.
 *
 * @module
 */

/** A running process. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The name of its program, of which Linux keeps 15 bytes. */
  readonly name: string;
  /** Its arguments, with spaces between. */
  readonly args: string;
}

/** Every process that runs; those that have ended and wait to be noticed are left out. */
export async function runningProcesses(): Promise<Process[]> {
  const processes: Process[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const process = await processOf(Number(name));
    if (process !== undefined) processes.push(process);
  }
  return processes;
}

async function processOf(pid: number): Promise<Process | undefined> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const [, name = "", state, parent] = /^\d+ \(([^]*)\) (\S) (\d+)/.exec(stat) ?? [];
    if (state === "Z" || state === "X") return undefined;
    const args = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    return { pid, parent: Number(parent), name, args: args.replaceAll("\0", " ").trim() };
  } catch (error) {
    // It ended while we looked.
    if (error instanceof Deno.errors.NotFound || isNoSuchProcess(error)) return undefined;
    throw error;
  }
}

/** `first` and all that they have started. */
export function withDescendants(
  first: readonly Process[],
  all: readonly Process[],
): Process[] {
  const found = new Set(first);
  for (const parent of found) {
    for (const child of all) if (child.parent === parent.pid) found.add(child);
  }
  return [...found];
}

/** Ends a process at once; `false` when it had ended by itself. */
export function killProcess({ pid }: Process): boolean {
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isNoSuchProcess(error)) return false;
    throw error;
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && error.message.includes("os error 3");
}
