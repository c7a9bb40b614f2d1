/**
 * `plan`: what the policy keeps, and what a prune would do.
 *
 * @module
 */

import { EXIT, type ExitStatus } from "../exit_status.ts";
import { type PrunePlan, prunePlan, retentionRules } from "../prune_plan.ts";
import { planJson, planText, policyJson, policyText } from "../report.ts";
import type { PlanRequest } from "../request.ts";
import { Destination } from "../system/destination.ts";
import { readLines } from "../system/files.ts";
import type { Run } from "../system/run.ts";

/** Prints a plan; changes nothing. */
export async function plan(request: PlanRequest, run: Run): Promise<ExitStatus> {
  const { policy, anchorChoice, archives, json } = request;
  const choice = { today: request.today ?? run.today, policy, anchorChoice };
  if (archives.from === "nowhere") {
    const rules = retentionRules(choice, []);
    await run.terminal.print(json ? policyJson(rules) : policyText(rules));
    return EXIT.ok;
  }
  const named: PrunePlan = prunePlan(
    archives.from === "file"
      ? (await readLines(archives.file)).map((name) => ({ name, kind: "file" }))
      : await destinationEntries(archives.destination, run),
    request.backupPrefix,
    choice,
  );
  await run.terminal.print(json ? planJson(named) : planText(named));
  return EXIT.ok;
}

async function destinationEntries(request: Parameters<typeof Destination.open>[0], run: Run) {
  await using destination = await Destination.open(request, run.signal);
  return await destination.existingEntries();
}
