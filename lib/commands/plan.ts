/**
 * `plan`: what the policy keeps, and what a prune would do.
 *
 * @module
 */

import { EXIT, type ExitStatus } from "../exit_status.ts";
import { type PrunePlan, prunePlan, type RetentionChoice, retentionRules } from "../prune_plan.ts";
import { planJson, planText, policyJson, policyText } from "../report.ts";
import type { DestinationRequest, PlanRequest } from "../request.ts";
import { Destination } from "../system/destination.ts";
import { readLines } from "../system/files.ts";
import type { Run } from "../system/run.ts";

/** Prints a plan; changes nothing. */
export async function plan(request: PlanRequest, run: Run): Promise<ExitStatus> {
  const { archives, json } = request;
  if (archives.from === "nowhere") {
    const rules = retentionRules(choiceOf(request, run), []);
    await run.terminal.print(json ? policyJson(rules) : policyText(rules));
  } else {
    const decided = archives.from === "file"
      ? await planForFile(archives.file, request, run)
      : await planForDestination(archives.destination, request, run);
    await run.terminal.print(json ? planJson(decided) : planText(decided));
  }
  return EXIT.ok;
}

function choiceOf({ policy, anchorChoice, today }: PlanRequest, run: Run): RetentionChoice {
  return { today: today ?? run.today, policy, anchorChoice };
}

async function planForFile(file: string, request: PlanRequest, run: Run): Promise<PrunePlan> {
  const entries = (await readLines(file)).map((name) => ({ name, kind: "file" }));
  return prunePlan(entries, request.backupPrefix, choiceOf(request, run));
}

async function planForDestination(
  requested: DestinationRequest,
  request: PlanRequest,
  run: Run,
): Promise<PrunePlan> {
  await using destination = await Destination.open(requested, { signal: run.signal });
  const stateAnchor = destination.state?.anchorDate;
  const choice = { ...choiceOf(request, run), stateAnchor };
  return prunePlan(destination.existingEntries(), request.backupPrefix, choice);
}
