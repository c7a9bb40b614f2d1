/**
 * What one client asks of the server, step by step.
 *
 * @module
 */

import type { Costs, PackCost, StepCost } from "./fleet_costs.ts";

/** The server, and the night that is given to it. */
export interface Server {
  readonly cores: number;
  /** MiB a second, reading and writing together. */
  readonly disk: number;
  /** MiB a second. */
  readonly net: number;
  /** The clients work on the same cores: to compare with a measurement on one machine. */
  readonly withClients?: boolean;
}

/** What the clients are like. */
export interface Workload {
  /** MiB of each source. */
  readonly size: number;
  /** MiB that a client whose source changed sends. */
  readonly delta: number;
  /** The share of the clients whose source changed. */
  readonly changed: number;
  readonly compressor: string;
}

/** One step: it ends when all that it asks for has been done. */
export interface Step {
  readonly name: "login" | "sync" | "archive";
  /** Seconds that pass even on an idle server. */
  readonly delay: number;
  /** CPU seconds. */
  readonly cpu: number;
  /** Among how many threads the CPU seconds can be spread. */
  readonly threads: number;
  /** MiB. */
  readonly net: number;
  readonly disk: number;
  /** MiB that it holds. */
  readonly memory: number;
}

/**
 * The steps of a run.
 *
 * @throws {RangeError} when the compressor was not measured
 */
export function stepsOfRun(
  costs: Costs,
  { server, workload, changed }: { server: Server; workload: Workload; changed: boolean },
): Step[] {
  const pack = costs.packedGibibyte[workload.compressor];
  if (pack === undefined) throw new RangeError(`"${workload.compressor}" was not measured`);
  const cpu = (cost: StepCost) => cost.cpu + (server.withClients ? cost.clientCpu : 0);
  const { login, unchanged, thousandFiles, receivedGibibyte } = costs;
  const files = workload.size * costs.tree.files / costs.tree.mebibytes / 1000;
  const received = changed ? workload.delta / 1024 : 0;
  const sum = (of: (cost: StepCost) => number) =>
    Math.max(0, of(unchanged) - of(login)) + files * of(thousandFiles) +
    received * of(receivedGibibyte);
  const common = { threads: 1, memory: costs.runMemory };
  const steps: Step[] = [
    { ...common, name: "login", delay: login.wall, cpu: cpu(login), net: login.wire, disk: 0 },
    {
      ...common,
      name: "sync",
      delay: sum(({ wall }) => wall),
      cpu: sum(cpu),
      net: sum(({ wire }) => wire),
      disk: received * 1024,
    },
  ];
  if (changed) steps.push(archiveStep(costs, { pack, cores: server.cores, size: workload.size }));
  return steps;
}

/** The mirror is read, and its archive is written. */
function archiveStep(
  { cores: coresMeasured, runMemory }: Costs,
  { pack, cores, size }: { pack: PackCost; cores: number; size: number },
): Step {
  const threads = pack.parallel ? cores : 1;
  // Each thread of a compressor has buffers of its own.
  const compressor = pack.memory * (pack.parallel ? cores / coresMeasured : 1);
  return {
    name: "archive",
    delay: 0,
    cpu: pack.cpu * size / 1024,
    threads,
    net: 0,
    disk: size * (1 + pack.ratio),
    memory: runMemory + compressor,
  };
}
