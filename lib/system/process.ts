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
  readonly stdout: string;
  readonly stderr: string;

  constructor(what: string, result: ProcessResult) {
    const end = result.signal === null ? `exit code ${result.code}` : `signal ${result.signal}`;
    super(`${what}: ${result.argv[0]} ended with ${end}${evidence(result.stderr)}`);
    this.argv = result.argv;
    this.code = result.code;
    this.signal = result.signal;
    this.stdout = result.stdout;
    this.stderr = result.stderr;
  }
}

/** Options of {@linkcode runProcess}. */
export interface RunOptions {
  /** Ends the process. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Keeps its standard input open for as long as we live, so that it notices our
   * death. To end it, its input is closed, which lets it clean up; only if it goes
   * on for long does it get SIGTERM.
   */
  readonly holdInput?: boolean | undefined;
  /** Variables besides those that every child has. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Takes the standard output as it comes; the result's is empty then. */
  readonly onOutput?: ((text: string) => void) | undefined;
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

/** More of what a child writes than a message can use is dropped. */
const KEPT_OUTPUT = 64 * 1024;

/** What tar says besides when it has said what is wrong. */
const FOLLOW_UP = /Error is not recoverable|Child returned status|Exiting with failure status/;

/** The last lines of what a process wrote, for a message: `: line; line`, or nothing. */
export function evidence(stderr: string, most = 3): string {
  const lines = stderr.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !FOLLOW_UP.test(line));
  return lines.length === 0 ? "" : `: ${lines.slice(-most).join("; ")}`;
}

/**
 * Runs a program to its end; its standard input is empty, or held open.
 *
 * @throws {Error} when the program is missing
 * @throws what the signal was aborted with, once the process has ended
 */
export async function runProcess(
  argv: readonly string[],
  { signal, holdInput, env, onOutput }: RunOptions = {},
): Promise<ProcessResult> {
  signal?.throwIfAborted();
  const child = spawn(argv, holdInput ? "piped" : "null", env);
  using _stop = onAbort(signal, () => holdInput ? release(child) : terminate(child));
  const [stdout, stderr, status] = await Promise.all([
    onOutput === undefined ? textOf(child.stdout) : passOn(child.stdout, onOutput),
    textOf(child.stderr, KEPT_OUTPUT),
    child.status,
  ]);
  if (holdInput) await closeInput(child);
  signal?.throwIfAborted();
  return { argv, code: status.code, signal: status.signal, stdout, stderr };
}

/** A process that greets and then holds something until its standard input is closed. */
export interface HeldProcess extends AsyncDisposable {
  /**
   * What it wrote on standard output up to the awaited line, that included;
   * rejects with a {@linkcode ProcessError} when it ended before.
   */
  readonly greeting: Promise<string>;
  /** Whether it still holds on. */
  readonly alive: boolean;
}

/** How long a process may take to end by itself after its input is closed. */
const GRACE_MILLISECONDS = 3000;

/** Starts a process that greets, up to the line `lastLine`, and then holds on. */
export function holdProcess(
  argv: readonly string[],
  { lastLine, signal }: { lastLine: string; signal?: AbortSignal | undefined },
): HeldProcess {
  signal?.throwIfAborted();
  const child = spawn(argv, "piped");
  const stderr = textOf(child.stderr, KEPT_OUTPUT);
  const greeting = Promise.withResolvers<string>();
  let alive = true;
  const ended = (async () => {
    // Until it has greeted there is nothing to clean up, and it may wait for long.
    using _stop = onAbort(signal, () => terminate(child));
    let stdout = "";
    for await (const text of textPieces(child.stdout)) {
      stdout += text;
      if (!stdout.endsWith(`${lastLine}\n`)) continue;
      greeting.resolve(stdout.trimEnd());
      _stop[Symbol.dispose]();
    }
    const { code, signal: endSignal } = await child.status;
    alive = false;
    const result = { argv, code, signal: endSignal, stdout, stderr: await stderr };
    greeting.reject(new ProcessError("Cannot go on", result));
  })();
  return {
    greeting: greeting.promise,
    get alive() {
      return alive;
    },
    async [Symbol.asyncDispose]() {
      await release(child);
      await ended;
    },
  };
}

/** Calls `stop` once when `signal` is aborted, unless disposed of before. */
function onAbort(signal: AbortSignal | undefined, stop: () => unknown): Disposable {
  signal?.addEventListener("abort", stop, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", stop) };
}

/** Closes the input of a process and waits for its end; ends it when that takes too long. */
async function release(child: Deno.ChildProcess): Promise<void> {
  const timer = setTimeout(() => terminate(child), GRACE_MILLISECONDS);
  await closeInput(child);
  await child.status;
  clearTimeout(timer);
}

function terminate(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    // It has ended already.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function closeInput(child: Deno.ChildProcess): Promise<void> {
  try {
    await child.stdin.close();
  } catch (error) {
    // It has ended already: there is nobody left to tell.
    if (!(error instanceof Deno.errors.BrokenPipe) && !(error instanceof TypeError)) throw error;
  }
}

function spawn(
  argv: readonly string[],
  stdin: "null" | "piped",
  variables: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  const [program = "", ...args] = argv;
  const env: Record<string, string> = { LC_ALL: "C", ...variables };
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
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(`Cannot find the program "${program}" in PATH; install it`, { cause: error });
    }
    throw new Error(`Cannot start ${shellCommand(argv)}: ${error}`, { cause: error });
  }
}

/** How much is read at once. */
const BUFFER_SIZE = 64 * 1024;

/**
 * What a stream of bytes says, piece by piece, through one buffer: a new one for each
 * of the many small pieces that programs write would be memory by the megabyte.
 */
async function* textPieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader({ mode: "byob" });
  const decoder = new TextDecoder();
  let buffer = new ArrayBuffer(BUFFER_SIZE);
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    if (done || value === undefined) break;
    yield decoder.decode(value, { stream: true });
    buffer = value.buffer;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

async function passOn(
  stream: ReadableStream<Uint8Array>,
  onOutput: (text: string) => void,
): Promise<string> {
  for await (const text of textPieces(stream)) onOutput(text);
  return "";
}

/** The text of a stream, of very much only the end when `kept` limits it. */
async function textOf(stream: ReadableStream<Uint8Array>, kept = Infinity): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const text of textPieces(stream)) {
    parts.push(text);
    length += text.length;
    while (length - (parts[0]?.length ?? 0) > kept) length -= parts.shift()?.length ?? 0;
  }
  return parts.join("");
}
