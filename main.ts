/**
 * roundrobinbackup: the program. Arguments, dispatch, signals, exit status.
 *
 * @module
 */

import { backup } from "./lib/commands/backup.ts";
import { list } from "./lib/commands/list.ts";
import { plan } from "./lib/commands/plan.ts";
import { errorMessage, errorStatus, Interrupted, SIGNALS, UsageError } from "./lib/errors.ts";
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

function errorText(error: unknown): string {
  const message = errorMessage(error);
  if (Deno.args.includes("--verbose") && error instanceof Error) return error.stack ?? message;
  return error instanceof UsageError ? `${message}. ${HELP_HINT}` : message;
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
