/**
 * roundrobinbackup: the program. Arguments, dispatch, signals, exit status.
 *
 * @module
 */

import { backup } from "./lib/commands/backup.ts";
import { list } from "./lib/commands/list.ts";
import { plan } from "./lib/commands/plan.ts";
import { NotNowError, UsageError } from "./lib/errors.ts";
import { EXIT, type ExitStatus } from "./lib/exit_status.ts";
import { HELP_HINT, helpText } from "./lib/help.ts";
import { parseRequest, type Request } from "./lib/request.ts";
import type { Run } from "./lib/system/run.ts";
import { Console } from "./lib/system/terminal.ts";
import { versionText } from "./lib/version.ts";

async function dispatch(request: Request, run: Run): Promise<ExitStatus> {
  switch (request.command) {
    case "help":
      await run.terminal.print(helpText(request.topic));
      return EXIT.ok;
    case "version":
      await run.terminal.print(versionText(Deno.version.deno));
      return EXIT.ok;
    case "backup":
      return await backup(request, run);
    case "list":
      return await list(request, run);
    case "plan":
      return await plan(request, run);
  }
}

/** The signals that end a run, and the statuses that a shell gives them. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

class Interrupted extends Error {
  override name = "Interrupted";
  constructor(readonly signal: keyof typeof SIGNALS) {
    super(`Stopped by ${signal}; the archives of earlier runs are as they were`);
  }
}

function errorStatus(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof NotNowError) return EXIT.notNow;
  if (error instanceof Interrupted) return SIGNALS[error.signal];
  return EXIT.failed;
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (Deno.args.includes("--verbose")) return error.stack ?? error.message;
  return error instanceof UsageError ? `${error.message}. ${HELP_HINT}` : error.message;
}

/** Runs the program on `args` and gives its exit status. */
async function main(args: readonly string[]): Promise<number> {
  const terminal = new Console();
  const interruption = new AbortController();
  for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
    Deno.addSignalListener(signal, () => interruption.abort(new Interrupted(signal)));
  }
  try {
    const today = Temporal.Now.plainDateISO();
    return await dispatch(parseRequest(args), { today, terminal, signal: interruption.signal });
  } catch (error) {
    await terminal.warn(errorText(error));
    return errorStatus(error);
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
