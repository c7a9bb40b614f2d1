/**
 * `list`: the archives of a destination, and why each is kept.
 *
 * @module
 */

import { EXIT, type ExitStatus } from "../exit_status.ts";
import { prunePlan } from "../prune_plan.ts";
import { listJson, listText } from "../report.ts";
import type { ListRequest } from "../request.ts";
import { Destination } from "../system/destination.ts";
import type { Run } from "../system/run.ts";

/**
 * Prints the archives of a destination.
 *
 * @throws {Error} when there is no such directory
 */
export async function list(request: ListRequest, run: Run): Promise<ExitStatus> {
  await using destination = await Destination.open(request.destination, { signal: run.signal });
  const entries = destination.existingEntries();
  const { policy, anchorChoice, backupPrefix } = request;
  const plan = prunePlan(entries, backupPrefix, {
    today: run.today,
    policy,
    anchorChoice,
    stateAnchor: destination.state?.anchorDate,
  });
  await run.terminal.print((request.json ? listJson : listText)(plan, entries));
  return EXIT.ok;
}
