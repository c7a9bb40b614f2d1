/**
 * Runs argument lists where the destination is: here, or there over one ssh
 * connection that all commands of a run share.
 *
 * @module
 */

import { join } from "@std/path";
import { remoteArgv, rsyncArgv, sshArgv, type SshSettings } from "../argv.ts";
import { NotNowError } from "../errors.ts";
import { sshOutcome } from "../exit_status.ts";
import { type Location, type RemoteLocation, rsyncTarget, sshTarget } from "../location.ts";
import { shellCommand } from "../quoting.ts";
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
}

/** Options of {@linkcode Host.run}. */
export interface HostRunOptions {
  /** Run although the program was told to stop: for cleaning up. */
  readonly evenWhenStopped?: boolean;
}

/** The machine on which a destination lies. */
export interface Host extends AsyncDisposable {
  /** Runs an argument list there and gives its result, whatever its exit code. */
  run(argv: readonly string[], options?: HostRunOptions): Promise<ProcessResult>;
  /** Runs rsync here, into a directory there. */
  sync(sync: HostSync): Promise<ProcessResult>;
  /** What {@linkcode run} would run, as a line that can be pasted into a shell. */
  shown(argv: readonly string[]): string;
  /** What {@linkcode sync} would run, likewise. */
  shownSync(sync: HostSync): string;
}

/**
 * The host of a location, connected.
 *
 * @throws {NotNowError} when it cannot be reached
 * @throws {Error} when ssh is refused there
 */
export async function openHost(
  location: Location,
  settings: SshSettings,
  signal?: AbortSignal,
): Promise<Host> {
  return location.kind === "local"
    ? new LocalHost(signal)
    : await SshHost.open(location, settings, signal);
}

class LocalHost implements Host {
  readonly #signal: AbortSignal | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  run(argv: readonly string[], options: HostRunOptions = {}): Promise<ProcessResult> {
    return runProcess(argv, { signal: options.evenWhenStopped ? undefined : this.#signal });
  }

  sync(sync: HostSync): Promise<ProcessResult> {
    return this.run(this.#syncArgv(sync));
  }

  shown(argv: readonly string[]): string {
    return shellCommand(argv);
  }

  shownSync(sync: HostSync): string {
    return shellCommand(this.#syncArgv(sync));
  }

  #syncArgv({ source, mirror, exclude }: HostSync): string[] {
    return rsyncArgv({ source, exclude, target: `${mirror}/` });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

const ANNOUNCEMENT = "roundrobinbackup: connected";

/** Holds the connection open until our end of it closes, also by our death. */
const HOLD_ARGV = ["sh", "-c", `echo "${ANNOUNCEMENT}"; exec cat >/dev/null`];

class SshHost implements Host {
  readonly #location: RemoteLocation;
  /** ssh as a user would call it. */
  readonly #plain: string[];
  /** ssh over the shared connection. */
  readonly #shared: string[];
  readonly #directory: string;
  readonly #connection: HeldProcess;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    location: RemoteLocation,
    settings: SshSettings,
    directory: string,
    signal: AbortSignal | undefined,
  ) {
    const socket = join(directory, "ssh");
    this.#location = location;
    this.#plain = sshArgv(settings);
    this.#shared = [...this.#plain, "-S", socket];
    this.#directory = directory;
    this.#signal = signal;
    const master = [...this.#plain, "-o", "ControlPersist=no", "-M", "-S", socket];
    this.#connection = holdProcess(remoteArgv(master, location, HOLD_ARGV), {
      announcement: ANNOUNCEMENT,
      signal,
    });
  }

  static async open(
    location: RemoteLocation,
    settings: SshSettings,
    signal: AbortSignal | undefined,
  ): Promise<SshHost> {
    // Not in $TMPDIR: a socket's path has 108 bytes at most, and the binary may write here alone.
    const directory = await Deno.makeTempDir({ dir: "/tmp", prefix: "rrb-" });
    try {
      const host = new SshHost(location, settings, directory, signal);
      try {
        await host.#connection.ready;
        return host;
      } catch (error) {
        await host.#connection[Symbol.asyncDispose]();
        signal?.throwIfAborted();
        throw error instanceof ProcessError ? connectionError(location, error) : error;
      }
    } catch (error) {
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }

  async run(argv: readonly string[], options: HostRunOptions = {}): Promise<ProcessResult> {
    const result = await runProcess(remoteArgv(this.#shared, this.#location, argv), {
      signal: options.evenWhenStopped ? undefined : this.#signal,
    });
    if (result.code !== 255) return { ...result, argv };
    throw new NotNowError(
      `Lost the connection to "${sshTarget(this.#location)}"${evidence(result.stderr)}`,
    );
  }

  sync(sync: HostSync): Promise<ProcessResult> {
    return runProcess(this.#syncArgv(sync, this.#shared), { signal: this.#signal });
  }

  shown(argv: readonly string[]): string {
    return shellCommand(remoteArgv(this.#plain, this.#location, argv));
  }

  shownSync(sync: HostSync): string {
    return shellCommand(this.#syncArgv(sync, this.#plain));
  }

  #syncArgv({ source, mirror, exclude }: HostSync, ssh: readonly string[]): string[] {
    return rsyncArgv({ source, exclude, ssh, target: rsyncTarget(this.#location, `${mirror}/`) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

function connectionError(location: RemoteLocation, error: ProcessError): Error {
  const target = sshTarget(location);
  const { verdict } = sshOutcome(error.stderr);
  if (error.code !== 255) {
    return new Error(
      `Cannot work on "${target}": its shell ended with exit code ${error.code}${
        evidence(error.stderr)
      }`,
      { cause: error },
    );
  }
  return verdict === "unreachable"
    ? new NotNowError(`Cannot reach "${target}"${evidence(error.stderr)}`, { cause: error })
    : new Error(
      `Cannot log in to "${target}"${
        evidence(error.stderr)
      }; check the key, known_hosts and the account`,
      { cause: error },
    );
}
