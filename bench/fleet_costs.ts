/**
 * What one client costs a backup server: the measured figures that the simulation
 * of a fleet is made of.
 *
 * @module
 */

/** What a step costs, on a machine that does nothing else. */
export interface StepCost {
  /** CPU seconds on the server. */
  readonly cpu: number;
  /** CPU seconds on the client. */
  readonly clientCpu: number;
  /** Seconds from its start to its end. */
  readonly wall: number;
  /** MiB on the wire, both ways. */
  readonly wire: number;
}

/** What a GiB of the mirror costs to pack. */
export interface PackCost {
  /** CPU seconds of the server, with the checksum. */
  readonly cpu: number;
  readonly wall: number;
  /** The archive's size, as a share of the mirror's. */
  readonly ratio: number;
  /** MiB of memory of the compressor's own; with several threads, on the machine measured. */
  readonly memory: number;
  /** Whether it works on all cores. */
  readonly parallel: boolean;
}

/** All that was measured. */
export interface Costs {
  /** When, in UTC. */
  readonly date: string;
  /** On what. */
  readonly machine: string;
  readonly cores: number;
  /** MiB a second that its disk wrote, flushed. */
  readonly disk: number;
  /** The tree that was backed up. */
  readonly tree: { readonly mebibytes: number; readonly files: number };
  /** To connect, be let in, and leave. */
  readonly login: StepCost;
  /** A whole run on a day on which nothing changed, of a tree with hardly a file. */
  readonly unchanged: StepCost;
  /** What it costs more for each 1,000 files, unchanged. */
  readonly thousandFiles: StepCost;
  /** To receive a GiB of new files. */
  readonly receivedGibibyte: StepCost;
  /** By the name of the compressor. */
  readonly packedGibibyte: Readonly<Record<string, PackCost>>;
  /** MiB of memory that a run takes on the server besides the compressor's. */
  readonly runMemory: number;
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new TypeError(`The costs have no "${name}"`);
}

function number(of: Fields, name: string): number {
  const value = of[name];
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new TypeError(`The costs have no number "${name}"`);
}

function text(of: Fields, name: string): string {
  const value = of[name];
  if (typeof value === "string") return value;
  throw new TypeError(`The costs have no text "${name}"`);
}

function stepCost(of: Fields, name: string): StepCost {
  const step = fields(of[name], name);
  return {
    cpu: number(step, "cpu"),
    clientCpu: number(step, "clientCpu"),
    wall: number(step, "wall"),
    wire: number(step, "wire"),
  };
}

function packCost(of: Fields, name: string): PackCost {
  const pack = fields(of[name], name);
  return {
    cpu: number(pack, "cpu"),
    wall: number(pack, "wall"),
    ratio: number(pack, "ratio"),
    memory: number(pack, "memory"),
    parallel: pack["parallel"] === true,
  };
}

/**
 * Checks costs that were read from a file.
 *
 * @throws {TypeError} when one is missing
 */
export function parseCosts(json: unknown): Costs {
  const costs = fields(json, "costs");
  const tree = fields(costs["tree"], "tree");
  const packed = fields(costs["packedGibibyte"], "packedGibibyte");
  return {
    date: text(costs, "date"),
    machine: text(costs, "machine"),
    cores: number(costs, "cores"),
    disk: number(costs, "disk"),
    tree: { mebibytes: number(tree, "mebibytes"), files: number(tree, "files") },
    login: stepCost(costs, "login"),
    unchanged: stepCost(costs, "unchanged"),
    thousandFiles: stepCost(costs, "thousandFiles"),
    receivedGibibyte: stepCost(costs, "receivedGibibyte"),
    packedGibibyte: Object.fromEntries(
      Object.keys(packed).map((name) => [name, packCost(packed, name)]),
    ),
    runMemory: number(costs, "runMemory"),
  };
}
