/**
 * The one place that starts processes: arguments, environment, output, signals.
 *
 * @module
 */

import { shellCommand } from "../quoting.ts";

/** How a process ended. */
export interface ProcessResult {
  readonly argv: readonly string[];
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;
  readonly stdout: string;
  /** What it wrote on standard error; of very much, the end. */
  readonly stderr: string;
}

/** A process that did not do what it was started for. */
export class ProcessError extends Error {
  override name = "ProcessError";
  readonly argv: readonly string[];
  readonly code: number;
  readonly signal: string | null;
  readonly stderr: string;

  constructor(what: string, result: ProcessResult) {
    const end = result.signal === null ? `exit code ${result.code}` : `signal ${result.signal}`;
    super(`${what}: ${result.argv[0]} ended with ${end}${evidence(result.stderr)}`);
    this.argv = result.argv;
    this.code = result.code;
    this.signal = result.signal;
    this.stderr = result.stderr;
  }
}

/** Options of {@linkcode runProcess}. */
export interface RunOptions {
  /** Ends the process with SIGTERM. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The environment of every child, and all of ours that we read: what ssh needs
 * to find its keys and agent. Nothing else is passed on, above all no `LD_*`.
 */
const ENVIRONMENT = [
  "HOME",
  "KRB5CCNAME",
  "LOGNAME",
  "PATH",
  "SHELL",
  "SSH_AUTH_SOCK",
  "TMPDIR",
  "TZ",
  "USER",
];

/** More of a child's standard error than a message can use is dropped. */
const KEPT_STDERR = 64 * 1024;

/** The last lines of what a process wrote, for a message: `: line; line`, or nothing. */
export function evidence(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.length === 0 ? "" : `: ${lines.slice(-3).join("; ")}`;
}

/**
 * Runs a program to its end, with nothing on its standard input.
 *
 * @throws {Error} when the program is missing
 * @throws what the signal was aborted with, once the process has ended
 */
export async function runProcess(
  argv: readonly string[],
  { signal }: RunOptions = {},
): Promise<ProcessResult> {
  signal?.throwIfAborted();
  const child = spawn(argv, "null", signal);
  const [stdout, stderr, status] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr, KEPT_STDERR),
    child.status,
  ]);
  signal?.throwIfAborted();
  return { argv, code: status.code, signal: status.signal, stdout, stderr };
}

/** A process that runs until its standard input is closed. */
export interface HeldProcess extends AsyncDisposable {
  /** Resolves when it wrote the awaited line; rejects with its result when it ended before. */
  readonly ready: Promise<void>;
}

/** How long a held process may take to end by itself after its input is closed. */
const GRACE_MILLISECONDS = 3000;

/**
 * Starts a process that announces itself by the line `announcement` on its
 * standard output and then holds something until its input is closed.
 */
export function holdProcess(
  argv: readonly string[],
  { announcement, signal }: { announcement: string; signal?: AbortSignal | undefined },
): HeldProcess {
  signal?.throwIfAborted();
  const child = spawn(argv, "piped", signal);
  const stderr = textOf(child.stderr, KEPT_STDERR);
  const announced = Promise.withResolvers<void>();
  const ended = (async () => {
    let stdout = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      stdout = (stdout + text).slice(-KEPT_STDERR);
      if (stdout.split("\n").includes(announcement)) announced.resolve();
    }
    const { code, signal: endSignal } = await child.status;
    const result = { argv, code, signal: endSignal, stdout, stderr: await stderr };
    announced.reject(new ProcessError("Cannot go on", result));
  })();
  return {
    ready: announced.promise,
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => child.kill("SIGTERM"), GRACE_MILLISECONDS);
      try {
        await child.stdin.close();
      } catch (error) {
        // It has ended already: there is nobody left to tell.
        if (!(error instanceof Deno.errors.BrokenPipe) && !(error instanceof TypeError)) {
          throw error;
        }
      }
      await ended;
      clearTimeout(timer);
    },
  };
}

function spawn(
  argv: readonly string[],
  stdin: "null" | "piped",
  signal: AbortSignal | undefined,
): Deno.ChildProcess {
  const [program = "", ...args] = argv;
  const env: Record<string, string> = { LC_ALL: "C" };
  for (const name of ENVIRONMENT) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  try {
    return new Deno.Command(program, {
      args,
      clearEnv: true,
      env,
      stdin,
      stdout: "piped",
      stderr: "piped",
      ...(signal === undefined ? {} : { signal }),
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(`Cannot find the program "${program}" in PATH; install it`, { cause: error });
    }
    throw new Error(`Cannot start ${shellCommand(argv)}: ${error}`, { cause: error });
  }
}

/** The text of a stream, of very much only the end when `kept` limits it. */
async function textOf(stream: ReadableStream<Uint8Array>, kept = Infinity): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    parts.push(text);
    length += text.length;
    while (length - (parts[0]?.length ?? 0) > kept) length -= parts.shift()?.length ?? 0;
  }
  return parts.join("");
}
