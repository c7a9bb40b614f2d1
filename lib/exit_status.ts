/**
 * Exit statuses: what ours say, and what those of rsync, tar and ssh mean.
 *
 * @module
 */

/** The exit status of the program. */
export const EXIT = {
  /** Made. */
  ok: 0,
  /** Failed: no new archive. */
  failed: 1,
  /** The command line is wrong; nothing was touched. */
  usage: 2,
  /** Made, but something needs a person. */
  attention: 3,
  /** Not now: try again later. */
  notNow: 75,
} as const;

/** One of {@linkcode EXIT}. */
export type ExitStatus = typeof EXIT[keyof typeof EXIT];

/**
 * What became of one step.
 *
 * - `done`: all of it;
 * - `noted`: all that there was, with a remark that is normal in operation;
 * - `partial`: something is missing or changed; a person should look;
 * - `failed`: nothing that can be built on;
 * - `unreachable`: the host could not be reached.
 */
export interface StepOutcome {
  readonly verdict: "done" | "noted" | "partial" | "failed" | "unreachable";
  /** What the exit code says, for a message. */
  readonly meaning: string;
}

/** rsync(1), section EXIT VALUES, in our words. */
const RSYNC_MEANINGS: Record<number, string> = {
  1: "rsync did not understand its arguments",
  2: "the two rsyncs speak different protocols",
  3: "rsync could not select its input or output files",
  4: "this rsync cannot do what was asked",
  5: "the rsync connection could not be started",
  10: "the network failed",
  11: "a file could not be read or written (is the disk full?)",
  12: "the connection broke, or the other rsync ended",
  13: "rsync could not report on its work",
  14: "the two rsyncs could not talk to each other",
  20: "rsync was stopped by a signal",
  21: "rsync lost a process",
  22: "rsync ran out of memory",
  23: "some files could not be transferred",
  24: "some files vanished while they were read",
  25: "rsync stopped at its limit of deletions",
  30: "no data came in time",
  35: "the rsync daemon did not answer in time",
  126: 'the destination cannot run "rsync"',
  127: 'there is no "rsync" at the destination; install it',
};

/** What an exit code of rsync means for the run. */
export function rsyncOutcome(code: number): StepOutcome {
  if (code === 0) return { verdict: "done", meaning: "complete" };
  if (code === 255) return { verdict: "unreachable", meaning: "ssh lost the connection" };
  const meaning = RSYNC_MEANINGS[code] ?? `rsync ended with exit code ${code}`;
  if (code === 24) return { verdict: "noted", meaning };
  if (code === 23) return { verdict: "partial", meaning };
  return { verdict: "failed", meaning };
}

/** How tar warns of what `--ignore-failed-read` makes it pass over. */
const UNREADABLE = /: Warning: Cannot /;

/**
 * What an exit code of tar means: 1 says that a file changed while it was read
 * (the archive is complete), 2 that it is not (GNU tar manual, section 3.1).
 */
export function tarOutcome(code: number, stderr = ""): StepOutcome {
  switch (code) {
    case 0:
      return UNREADABLE.test(stderr)
        ? { verdict: "partial", meaning: "files of the mirror could not be read" }
        : { verdict: "done", meaning: "complete" };
    case 1:
      return { verdict: "partial", meaning: "files of the mirror changed while they were packed" };
    case 2:
      return { verdict: "failed", meaning: "tar could not write the whole archive" };
    case 127:
      return { verdict: "failed", meaning: 'there is no "tar" at the destination; install it' };
    case 255:
      return { verdict: "unreachable", meaning: "ssh lost the connection" };
    default:
      return { verdict: "failed", meaning: `tar ended with exit code ${code}` };
  }
}

/** What ssh writes when waiting does not help: a person has to act. */
const REFUSED =
  /Permission denied|Host key verification failed|IDENTIFICATION HAS CHANGED|Too many authentication failures|no matching .* found|Bad configuration option/;

/**
 * Why ssh gave up with 255: `failed` when it was refused, `unreachable` for
 * everything that may pass.
 */
export function sshOutcome(stderr: string): StepOutcome {
  if (REFUSED.test(stderr)) return { verdict: "failed", meaning: "ssh was refused" };
  return { verdict: "unreachable", meaning: "ssh could not connect" };
}
