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
  const timer = setTimeout(() => {
    hanging = true;
    child.kill("SIGKILL");
  }, HANGING_MILLISECONDS);
  const output = await child.output();
  clearTimeout(timer);
  const stdout = new TextDecoder().decode(output.stdout);
  const stderr = new TextDecoder().decode(output.stderr);
  if (hanging) throw new Error(`${argv.join(" ")} hangs: ${stdout}${stderr}`);
  return { code: output.code, stdout, stderr };
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
