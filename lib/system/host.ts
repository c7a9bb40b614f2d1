/**
 * Runs argument lists where the destination is: here, or there over one ssh
 * connection that all commands of a run share.
 *
 * @module
 */

import { join } from "@std/path";
import { remoteArgv, rsyncArgv, sshArgv, type SshSettings } from "../argv.ts";
import { LOCKED, niceArgv } from "../destination_scripts.ts";
import { NotNowError, UnreachableError } from "../errors.ts";
import { END_OF_GREETING, type Greeting, parseGreeting } from "../greeting.ts";
import { sshOutcome } from "../exit_status.ts";
import {
  type Location,
  locationText,
  type RemoteLocation,
  rsyncTarget,
  sshTarget,
} from "../location.ts";
import { shellCommand } from "../quoting.ts";
import { pause } from "./pause.ts";
import {
  evidence,
  type HeldProcess,
  holdProcess,
  ProcessError,
  type ProcessResult,
  runProcess,
} from "./process.ts";

/** One sync, from an absolute path here into a path of the host. */
export interface HostSync {
  readonly source: string;
  readonly mirror: string;
  readonly exclude: readonly string[];
  /** Further options for rsync. */
  readonly options: readonly string[];
  /** What runs in front of the host's rsync. */
  readonly wrapper: readonly string[];
  /** Our rsync at low priority. */
  readonly nice: boolean;
  /** Takes rsync's output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** The machine on which a destination lies, with what we hold there. */
export interface Host extends AsyncDisposable {
  /** What the held connection said when it was made. */
  readonly greeting: Greeting;
  /** Runs an argument list there and gives its result, whatever its exit code. */
  run(argv: readonly string[]): Promise<ProcessResult>;
  /** Runs rsync here, into a directory there. */
  sync(sync: HostSync): Promise<ProcessResult>;
  /** What {@linkcode run} would run, as a line that can be pasted into a shell. */
  shown(argv: readonly string[]): string;
  /** What {@linkcode sync} would run, likewise. */
  shownSync(sync: HostSync): string;
}

/** How a host is connected to. */
export interface Connection {
  readonly location: Location;
  readonly ssh: SshSettings;
  /** What runs there for as long as we are connected: it greets, and may lock. */
  readonly hold: readonly string[];
  /** How often to try again when the host cannot be reached. */
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The host of a location, connected.
 *
 * @throws {NotNowError} when it cannot be reached, or is locked
 * @throws {Error} when ssh is refused there, or the destination cannot be used
 */
export async function openHost(connection: Connection): Promise<Host> {
  const { location, retries, signal } = connection;
  if (location.kind === "local") return await openLocalHost(connection);
  for (let attempt = 0;; attempt++) {
    try {
      return await openSshHost(connection, location);
    } catch (error) {
      if (!(error instanceof UnreachableError) || attempt >= retries) throw error;
    }
    await pause(FIRST_PAUSE_MILLISECONDS * 2 ** attempt, signal);
  }
}

/** Each further pause before a retry is twice as long. */
const FIRST_PAUSE_MILLISECONDS = 1000;

async function openLocalHost({ location, hold, signal }: Connection): Promise<Host> {
  const { held, greeting } = await holdConnection(hold, { location, signal });
  const syncArgv = ({ mirror, ...sync }: HostSync) => [
    ...(sync.nice ? niceArgv() : []),
    ...rsyncArgv({ ...sync, target: `${mirror}/` }),
  ];
  return {
    greeting,
    run: async (argv) => {
      checkHeld(held, location);
      return await runProcess(argv, { signal, holdInput: true });
    },
    sync: (sync) => runProcess(syncArgv(sync), { signal, onOutput: sync.onOutput }),
    shown: shellCommand,
    shownSync: (sync) => shellCommand(syncArgv(sync)),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

/**
 * $0 a directory to remove, then an argument list, whose end it is removed at: also
 * when we are killed, for then its input ends. SIGTERM goes on to it.
 */
const CLEARING = [
  "sh",
  "-c",
  'exec 3<&0; "$@" <&3 3<&- & child=$!; trap \'kill "$child"\' TERM; wait "$child"; code=$?; ' +
  'trap "" TERM; wait "$child" 2>/dev/null; rm -rf -- "$0"; exit "$code"',
];

async function openSshHost(connection: Connection, location: RemoteLocation): Promise<Host> {
  const { ssh, hold, signal } = connection;
  // Not in $TMPDIR: a socket's path has 108 bytes at most, and the binary may write here alone.
  const directory = await Deno.makeTempDir({ dir: "/tmp", prefix: "rrb-" });
  const socket = join(directory, "ssh");
  const plain = sshArgv(ssh);
  const master = [...CLEARING, directory, ...plain, "-o", "ControlPersist=no", "-M", "-S", socket];
  const shared = [...plain, "-S", socket];
  const syncArgv = ({ mirror, ...sync }: HostSync, ssh: readonly string[]) => [
    ...(sync.nice ? niceArgv() : []),
    ...rsyncArgv({ ...sync, ssh, target: rsyncTarget(location, `${mirror}/`) }),
  ];
  const { held, greeting } = await holdConnection(remoteArgv(master, location, hold), {
    location,
    signal,
  });
  return {
    greeting,
    run: async (argv) => {
      checkHeld(held, location);
      const remote = remoteArgv(shared, location, argv);
      const result = await runProcess(remote, { signal, holdInput: true });
      if (result.code !== SSH_FAILED) return { ...result, argv };
      throw new NotNowError(
        `Lost the connection to "${sshTarget(location)}"${evidence(result.stderr)}`,
      );
    },
    sync: (sync) => runProcess(syncArgv(sync, shared), { signal, onOutput: sync.onOutput }),
    shown: (argv) => shellCommand(remoteArgv(plain, location, argv)),
    shownSync: (sync) => shellCommand(syncArgv(sync, plain)),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

/**
 * Without what holds the connection there is no lock, even where ssh could connect
 * anew: another run may be at work.
 *
 * @throws {NotNowError} when it has ended
 */
function checkHeld(held: HeldProcess, location: Location): void {
  if (held.alive) return;
  throw new NotNowError(`Lost the connection to "${locationText(location)}", and with it the lock`);
}

/** The exit code by which ssh says that it is ssh that failed. */
const SSH_FAILED = 255;

/** Starts what holds the connection and waits for its greeting. */
async function holdConnection(
  argv: readonly string[],
  { location, signal }: Pick<Connection, "location" | "signal">,
): Promise<{ held: HeldProcess; greeting: Greeting }> {
  const held = holdProcess(argv, { lastLine: END_OF_GREETING, signal });
  try {
    return { held, greeting: parseGreeting(await held.greeting) };
  } catch (error) {
    await held[Symbol.asyncDispose]();
    signal?.throwIfAborted();
    throw error instanceof ProcessError ? connectionError(location, error) : error;
  }
}

function connectionError(location: Location, error: ProcessError): Error {
  const text = locationText(location);
  const cause = { cause: error };
  const why = evidence(error.stderr);
  if (error.code === LOCKED) {
    const holder = error.stdout.trim() || "another run";
    return new NotNowError(
      `"${text}" is in use by ${holder}; try again later, or pass --lock-wait SECONDS`,
      cause,
    );
  }
  if (location.kind === "local" || error.code !== SSH_FAILED) {
    return new Error(`Cannot use "${text}" (exit code ${error.code})${why}`, cause);
  }
  const target = sshTarget(location);
  return sshOutcome(error.stderr).verdict === "unreachable"
    ? new UnreachableError(`Cannot reach "${target}"${why}`, cause)
    : new Error(
      `Cannot log in to "${target}"${why}; check the key, known_hosts and the account`,
      cause,
    );
}
