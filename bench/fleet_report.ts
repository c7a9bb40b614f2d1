/**
 * The simulated nights as Markdown.
 *
 * @module
 */

import type { Costs } from "./fleet_costs.ts";
import { largestThat, percentile, serversNeeded } from "./fleet_limit.ts";
import { type Night, type NightResult, simulateNight } from "./fleet_model.ts";
import { count, table } from "./print.ts";

/** What is asked of the simulation; without `clients`. */
export interface Question extends Omit<Night, "clients"> {
  readonly fleets: readonly number[];
  /** Seconds that the night has. */
  readonly window: number;
}

/** The last run may end so much after the window, as a share of it. */
export const MARGIN = 0.1;

/** Whether nobody gave up, and all was done in time. */
export function isKept({ gaveUp, end }: NightResult, window: number): boolean {
  return gaveUp === 0 && end <= window * (1 + MARGIN);
}

/** `45 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return "";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function memory(mebibytes: number): string {
  return mebibytes < 1024 ? `${mebibytes.toFixed(0)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

/** What was measured of one client. */
export function costsReport(costs: Costs): string {
  const { login, unchanged, thousandFiles, receivedGibibyte } = costs;
  const step = (name: string, { cpu, wall, wire }: typeof login) => [
    ...[name, `${cpu.toFixed(3)} s`, `${wall.toFixed(2)} s`, `${wire.toFixed(2)} MiB`],
  ];
  const steps = table(["step", "server's CPU", "wall", "wire"], [
    step("login", login),
    step("run, unchanged, hardly a file", unchanged),
    step("each 1,000 files more", thousandFiles),
    step("receiving 1 GiB", receivedGibibyte),
  ]);
  const packs = table(
    ["packing 1 GiB", "server's CPU", "wall", "archive", "its memory"],
    Object.entries(costs.packedGibibyte).map(([name, { cpu, wall, ratio, memory: own }]) => [
      ...[name, `${cpu.toFixed(1)} s`, `${wall.toFixed(1)} s`, percent(ratio), memory(own)],
    ]),
  );
  const { mebibytes, files } = costs.tree;
  return [
    `Measured on ${costs.date}: ${costs.machine}; the disk writes ${
      costs.disk.toFixed(0)
    } MiB a second. A tree of ${mebibytes} MiB in ${count(files)} files. A run holds ${
      memory(costs.runMemory)
    } on the server besides the compressor's.`,
    steps,
    packs,
  ].join("\n\n");
}

/** One row for each size of the fleet. */
export function nightsReport(costs: Costs, question: Question): string {
  const { fleets, server, window } = question;
  const head = ["clients", "refused", "gave up", "CPU", "disk", "net", "median", "95 %"].concat(
    ...["last ended", "peak", "memory", "kept"],
  );
  return table(
    head,
    fleets.map((clients) => {
      const night = simulateNight(costs, { ...question, clients });
      const { refused, gaveUp, durations, end, used, peakRuns, peakMemory } = night;
      const time = Math.max(window, end);
      return [
        count(clients),
        count(refused),
        count(gaveUp),
        percent(used.cpu / server.cores / time),
        percent(used.disk / server.disk / time),
        percent(used.net / server.net / time),
        duration(percentile(durations, 0.5)),
        duration(percentile(durations, 0.95)),
        duration(end),
        count(peakRuns),
        memory(peakMemory),
        isKept(night, window) ? "yes" : "no",
      ];
    }),
  );
}

/** Where one server ends, and how many each fleet needs, by compressor and with or without splay. */
export function limitsReport(costs: Costs, question: Question): string {
  const { fleets, window, workload } = question;
  const most = Math.max(...fleets);
  const splays = question.splay === 0 ? [0] : [question.splay, 0];
  const rows = Object.keys(costs.packedGibibyte).flatMap((compressor) =>
    splays.map((splay) => {
      const fits = (clients: number) => {
        const own = { ...question, clients, splay, workload: { ...workload, compressor } };
        return isKept(simulateNight(costs, own), window);
      };
      const limit = largestThat(fits, most);
      const servers = fleets.map((clients) => serversNeeded(clients, limit));
      return [
        `${compressor}, ${splay === 0 ? "all at once" : `splay ${duration(splay)}`}`,
        limit === most ? `over ${count(most)}` : count(limit),
        ...servers.map((number) => Number.isFinite(number) ? count(number) : "over 100"),
      ];
    })
  );
  return table(["compressor, starts", "one server", ...fleets.map(count)], rows);
}
