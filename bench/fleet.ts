/**
 * Measures what a client costs, or reads it, and simulates fleets; called by
 * `bench/fleet`.
 *
 * @module
 */

import { join } from "@std/path";
import { UsageError } from "../lib/errors.ts";
import { type Costs, parseCosts } from "./fleet_costs.ts";
import { measureCosts } from "./fleet_measure.ts";
import { type FleetOptions, fleetOptions } from "./fleet_options.ts";
import {
  costsReport,
  duration,
  limitsReport,
  MARGIN,
  nightsReport,
  type Question,
} from "./fleet_report.ts";
import { validate } from "./fleet_validation.ts";
import { requireRoom } from "./machine.ts";
import { count, print } from "./print.ts";
import { saveResults } from "./results.ts";
import { openSite } from "./site.ts";

const HERE = import.meta.dirname ?? ".";
/** The default of the program's `--retries`. */
const RETRIES = 2;

async function output(command: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** Costs measured now, with the comparison of the model with real clients. */
async function measureHere(
  { place, quick }: FleetOptions,
): Promise<{ costs: Costs; validation: string }> {
  const mebibytes = quick ? 8 : 128;
  await requireRoom(place, 20 * mebibytes);
  await using site = await openSite(place);
  const cores = Number(await output("nproc"));
  const model = await output("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1");
  const machine = `${model || "unknown processor"}, ${cores} cores`;
  const costs = await measureCosts(site, { mebibytes, machine, cores });
  const size = quick
    ? { clients: 2, mebibytes: 4, logins: 20 }
    : { clients: 8, mebibytes: 16, logins: 60 };
  return { costs, validation: await validate(site, costs, size) };
}

async function readCosts(file: string): Promise<Costs> {
  return parseCosts(JSON.parse(await Deno.readTextFile(file)));
}

function simulationReport(costs: Costs, options: FleetOptions): string {
  const { fleets, window, splay, cores, disk, net, changed, size, delta, compressor } = options;
  const question: Question = {
    ...{ fleets, window, splay },
    retries: RETRIES,
    server: { cores, disk, net },
    workload: { size, delta, changed, compressor },
  };
  const parts = [
    `One server: ${cores} cores, a disk of ${disk} MiB/s, a line of ${net} MiB/s. Each client has ${
      count(size)
    } MiB; ${(changed * 100).toFixed(0)} % of the clients have something new and send ${
      delta.toFixed(1)
    } MiB. The night has ${duration(window)}; it is kept when no run gives up and the last one ` +
    `ends at most ${MARGIN * 100} % later.`,
  ];
  for (const each of splay === 0 ? [0] : [splay, 0]) {
    const starts = each === 0 ? "all at once" : `spread over ${duration(each)}`;
    parts.push(`${compressor}, ${starts}:`, nightsReport(costs, { ...question, splay: each }));
  }
  parts.push(
    "The largest fleet that one server takes, and how many servers a fleet needs, " +
      "chosen by rendezvous hashing:",
    limitsReport(costs, question),
  );
  return parts.join("\n\n");
}

async function main(): Promise<void> {
  const options = fleetOptions(Deno.args);
  const file = options.costs ?? join(HERE, "costs.json");
  const measured = options.measure ? await measureHere(options) : undefined;
  const costs = measured?.costs ?? await readCosts(file);
  if (!(options.compressor in costs.packedGibibyte)) {
    const names = Object.keys(costs.packedGibibyte).join(", ");
    throw new UsageError(
      `--compress takes what was measured, ${names}, not "${options.compressor}"`,
    );
  }
  const parts = [costsReport(costs)];
  if (measured !== undefined) parts.push(measured.validation);
  parts.push(simulationReport(costs, options));
  const report = parts.join("\n\n");
  await print(`# Results: fleet\n\n${report}`);
  if (!options.save) return;
  if (measured !== undefined) {
    const digits = (_: string, value: unknown) =>
      typeof value === "number" ? Number(value.toPrecision(4)) : value;
    await Deno.writeTextFile(file, `${JSON.stringify(costs, digits, 2)}\n`);
  }
  await saveResults("fleet", report);
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  await print(`bench/fleet: ${message}${usage ? "; see bench/fleet --help" : ""}`, Deno.stderr);
  Deno.exitCode = usage ? 2 : 1;
}
