/**
 * Runs the programs that tests need besides the one under test.
 *
 * @module
 */

/** How a command ended, and what it wrote. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode outcomeOf}. */
export interface CommandOptions {
  readonly cwd?: string | undefined;
  /** The whole environment, when given; else ours. */
  readonly env?: Record<string, string> | undefined;
  readonly stdin?: string | undefined;
}

/** A program that takes this long hangs: on a prompt, on a full pipe, on a lost process. */
const HANGING_MILLISECONDS = 60_000;

/** Runs `argv` to its end, whatever its exit code; ends it and fails when it hangs. */
export async function outcomeOf(
  argv: readonly string[],
  { cwd, env, stdin }: CommandOptions = {},
): Promise<Outcome> {
  const [program = "", ...args] = argv;
  const child = new Deno.Command(program, {
    args,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env, clearEnv: true }),
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  let hanging = false;
  const timer = setTimeout(async () => {
    hanging = true;
    for (const pid of await descendants(child.pid)) endProcess(pid, "SIGKILL");
  }, HANGING_MILLISECONDS);
  const output = await child.output();
  clearTimeout(timer);
  const stdout = new TextDecoder().decode(output.stdout);
  const stderr = new TextDecoder().decode(output.stderr);
  if (hanging) throw new Error(`${argv.join(" ")} hangs: ${stdout}${stderr}`);
  return { code: output.code, stdout, stderr };
}

/** A process and all that it started: any of them may hold our end of a pipe. */
async function descendants(root: number): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-e", "-o", "pid=,ppid="] }).output();
  const pairs = new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => line.trim().split(/ +/).map(Number));
  const found = [root];
  for (const parent of found) {
    for (const [pid = 0, ppid = 0] of pairs) if (ppid === parent) found.push(pid);
  }
  return found;
}

/** Ends a process unless it has ended by itself in the meantime. */
export function endProcess(pid: number, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // "No such process", for which Deno 2.4 has no class of its own.
    if (!(error instanceof Error && error.message.includes("os error 3"))) throw error;
  }
}

/** The standard output of a command that has to succeed. */
export async function outputOf(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await outcomeOf(argv, options);
  if (code === 0) return stdout;
  throw new Error(`${argv.join(" ")} ended with exit code ${code}: ${stderr || stdout}`);
}

/** How long a condition may take to come true: far more than it needs. */
const PATIENCE_MILLISECONDS = 10_000;

/** Waits until `condition` holds; fails, naming it, when that takes far too long. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
