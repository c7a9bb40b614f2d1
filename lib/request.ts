/**
 * The typed request that a command line makes. It is complete and checked before
 * anything runs; half-valid ones do not exist.
 *
 * @module
 */

import type { SshSettings } from "./argv.ts";
import { parseCommandLine, type ParsedCommandLine } from "./command_line.ts";
import { type CompressionChoice, compressionChoice } from "./compression.ts";
import { UsageError } from "./errors.ts";
import type { HookRequest } from "./hooks.ts";
import { type Location, parseLocation } from "./location.ts";
import { type CommandName, DEFAULT_MAX_PRUNE } from "./options.ts";
import type { AnchorChoice } from "./prune_plan.ts";
import type { RetentionPolicy } from "./retention.ts";

/** A destination and how it is reached. */
export interface DestinationRequest {
  readonly location: Location;
  readonly ssh: SshSettings;
  /** How often to try again when the host cannot be reached. */
  readonly retries: number;
  readonly rsyncDir: string;
}

/** Which names are archives and which of them are kept. */
export interface RetentionRequest {
  readonly backupPrefix: string;
  readonly policy: RetentionPolicy;
  readonly anchorChoice: AnchorChoice;
}

/** Back up. */
export interface BackupRequest extends RetentionRequest {
  readonly command: "backup";
  /** As given: a trailing slash means what it means in rsync. */
  readonly source: string;
  readonly destination: DestinationRequest;
  readonly exclude: readonly string[];
  readonly dryRun: boolean;
  readonly allowEmpty: boolean;
  /** A directory that has to be a mount point. */
  readonly requireMount: string | undefined;
  /** How long to wait for another run, in seconds. */
  readonly lockWait: number;
  readonly prune: PruneRequest;
  readonly compression: CompressionChoice;
  /** Pack although nothing has changed. */
  readonly alwaysArchive: boolean;
  /** Further options for rsync. */
  readonly rsyncOptions: readonly string[];
  /** At low priority, at both ends. */
  readonly nice: boolean;
  readonly hooks: HookRequest;
  /** The delay of this job is below this many seconds. */
  readonly splay: number;
}

/** What a backup may prune. */
export interface PruneRequest {
  readonly noPrune: boolean;
  /** How many archives one run removes at most. */
  readonly maxPrune: number;
  /** A person chose `maxPrune`. */
  readonly maxPruneGiven: boolean;
  readonly acceptShrink: boolean;
}

/** List the archives of a destination. */
export interface ListRequest extends RetentionRequest {
  readonly command: "list";
  readonly destination: DestinationRequest;
  readonly json: boolean;
}

/** Preview the policy, for a destination, for names in a file, or for nothing. */
export interface PlanRequest extends RetentionRequest {
  readonly command: "plan";
  readonly archives:
    | { readonly from: "nowhere" }
    | { readonly from: "destination"; readonly destination: DestinationRequest }
    | { readonly from: "file"; readonly file: string };
  readonly today?: Temporal.PlainDate | undefined;
  readonly json: boolean;
}

/** Anything that the program can be asked. */
export type Request =
  | BackupRequest
  | ListRequest
  | PlanRequest
  | { readonly command: "help"; readonly topic: CommandName }
  | { readonly command: "version" };

/**
 * The request that the words of a command line make.
 *
 * @throws {UsageError} when they make none
 */
export function parseRequest(argv: readonly string[]): Request {
  const line = parseCommandLine(argv);
  const { command, options, operands } = line;
  if (options.help) return { command: "help", topic: command };
  if (options.version) return { command: "version" };
  const retention = {
    backupPrefix: options.backupPrefix,
    policy: {
      days: options.days,
      weeks: options.weeks,
      months: options.months,
      years: options.years,
    },
    anchorChoice: {
      anchorDate: options.anchorDate,
      dayOfWeek: options.dayOfWeek,
      dayOfMonth: options.dayOfMonth,
      monthOfYear: options.monthOfYear,
    },
  };
  switch (command) {
    case "backup": {
      const [source, destination] = exactly(["SOURCE", "DESTINATION"], operands);
      if (source === undefined || source === "") throw new UsageError("The SOURCE is empty");
      return {
        ...retention,
        command,
        source,
        destination: destinationRequest(destination ?? "", line),
        exclude: options.exclude,
        dryRun: options.dryRun,
        allowEmpty: options.allowEmpty,
        requireMount: options.requireMount,
        lockWait: options.lockWait ?? 0,
        prune: {
          noPrune: options.noPrune,
          maxPrune: options.maxPrune ?? DEFAULT_MAX_PRUNE,
          maxPruneGiven: options.maxPrune !== undefined,
          acceptShrink: options.acceptShrink,
        },
        compression: compressionChoice(options.compress, options.compressLevel),
        alwaysArchive: options.alwaysArchive,
        rsyncOptions: [
          ...(options.bwlimit === undefined ? [] : [`--bwlimit=${options.bwlimit}`]),
          ...options.rsyncOption,
        ],
        nice: options.nice,
        hooks: {
          before: options.before,
          after: options.after,
          onFailure: options.onFailure,
          timeout: options.hookTimeout,
        },
        splay: options.splay ?? 0,
      };
    }
    case "list": {
      const [destination] = exactly(["DESTINATION"], operands);
      return {
        ...retention,
        command,
        destination: destinationRequest(destination ?? "", line),
        json: options.json,
      };
    }
    case "plan":
      return {
        ...retention,
        command,
        archives: plannedArchives(line),
        today: options.today,
        json: options.json,
      };
  }
}

function plannedArchives(line: ParsedCommandLine): PlanRequest["archives"] {
  const { options, operands } = line;
  if (options.archives !== undefined) {
    if (operands.length > 0) {
      throw new UsageError(
        `A plan is for a DESTINATION or for --archives, not for both "${
          operands[0]
        }" and "${options.archives}"`,
      );
    }
    return { from: "file", file: options.archives };
  }
  if (operands.length === 0) return { from: "nowhere" };
  const [destination] = exactly(["DESTINATION"], operands);
  return { from: "destination", destination: destinationRequest(destination ?? "", line) };
}

function exactly(names: readonly string[], operands: readonly string[]): readonly string[] {
  const extra = operands[names.length];
  if (extra !== undefined) {
    throw new UsageError(`One argument too many, "${extra}": ${names.join(" and ")} is all`);
  }
  if (operands.length === names.length) return operands;
  const missing = names.slice(operands.length);
  throw new UsageError(`${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing`);
}

function destinationRequest(text: string, { options }: ParsedCommandLine): DestinationRequest {
  const location = parseLocation(text);
  const named = location.kind === "remote" ? location.port : undefined;
  if (named !== undefined && options.sshPort !== undefined && named !== options.sshPort) {
    throw new UsageError(`"${text}" names port ${named}, but --ssh-port says ${options.sshPort}`);
  }
  return {
    location,
    ssh: {
      port: named ?? options.sshPort,
      identityFile: options.sshIdentityFile,
      timeout: options.timeout,
      configFile: options.sshConfig,
      options: options.sshOption,
    },
    retries: options.retries,
    rsyncDir: options.rsyncDir,
  };
}
