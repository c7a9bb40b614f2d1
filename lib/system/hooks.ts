/**
 * Runs the user's own commands around a backup.
 *
 * @module
 */

import { errorMessage, errorStatus, Interrupted } from "../errors.ts";
import {
  afterVariables,
  beforeVariables,
  failureVariables,
  hookArgv,
  type HookName,
  type HookRequest,
  type JobFacts,
  type MadeBackup,
  TIMED_OUT,
} from "../hooks.ts";
import { evidence, runProcess } from "./process.ts";
import type { Run } from "./run.ts";

/** How long `--on-failure` may take, in seconds, when the run was told to end. */
const HURRIED_SECONDS = 10;

/** More of what a command prints than a message can use is dropped. */
const KEPT_OUTPUT = 4096;

/** The commands of one job. */
export class Hooks {
  readonly #request: HookRequest;
  readonly #job: JobFacts;
  readonly #run: Run;

  constructor(request: HookRequest, job: JobFacts, run: Run) {
    this.#request = request;
    this.#job = job;
    this.#run = run;
  }

  /**
   * Runs `--before`.
   *
   * @throws {Error} when it fails
   */
  async before(): Promise<void> {
    const { before, timeout } = this.#request;
    if (before === undefined) return;
    const env = beforeVariables(this.#job);
    const problem = await this.#problem("before", before, {
      env,
      timeout,
      signal: this.#run.signal,
    });
    if (problem !== undefined) throw new Error(`Nothing was touched: ${problem}`);
  }

  /** Runs `--after`; gives what went wrong with it. */
  async after(made: MadeBackup): Promise<string | undefined> {
    const { after, timeout } = this.#request;
    if (after === undefined) return undefined;
    const env = afterVariables(this.#job, made);
    return await this.#problem("after", after, { env, timeout, signal: this.#run.signal });
  }

  /** Runs `--on-failure`; warns when that fails too, and leaves the run's own error be. */
  async onFailure(error: unknown): Promise<void> {
    const { onFailure, timeout } = this.#request;
    if (onFailure === undefined) return;
    const failed = { status: errorStatus(error), message: errorMessage(error) };
    const problem = await this.#problem("on-failure", onFailure, {
      env: failureVariables(this.#job, failed),
      timeout: error instanceof Interrupted ? Math.min(timeout, HURRIED_SECONDS) : timeout,
      signal: undefined,
    });
    if (problem !== undefined) await this.#run.terminal.warn(problem);
  }

  /** Runs a command; gives what is wrong with how it ended, with the last that it wrote. */
  async #problem(
    hook: HookName,
    command: string,
    { env, timeout, signal }: {
      env: Record<string, string>;
      timeout: number;
      signal: AbortSignal | undefined;
    },
  ): Promise<string | undefined> {
    await this.#run.terminal.progress(`Running the --${hook} command`);
    let output = "";
    const { code, stderr } = await runProcess(hookArgv(command, timeout), {
      env,
      signal,
      onOutput: (text) => output = (output + text).slice(-KEPT_OUTPUT),
    });
    const said = evidence(stderr.trim() === "" && code !== 0 ? output : stderr, 10);
    if (code === 0) {
      if (said !== "") await this.#run.terminal.warn(`The --${hook} command says${said}`);
      return undefined;
    }
    const how = code === TIMED_OUT
      ? `was ended after ${timeout} seconds`
      : `failed (status ${code})`;
    return `the --${hook} command ${how}${said}`;
  }
}
