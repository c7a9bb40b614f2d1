/**
 * Measures what one client costs a backup server: the real program over a private
 * sshd, one run after the other.
 *
 * @module
 */

import { join } from "@std/path";
import type { Costs, PackCost, StepCost } from "./fleet_costs.ts";
import { watchMemory } from "./fleet_memory.ts";
import { type Cost, measured } from "./meter.ts";
import { print } from "./print.ts";
import { removeTree, type Site } from "./site.ts";
import { makeTree } from "./tree.ts";

const MIB = 2 ** 20;
const LOGINS = 20;
const UNCHANGED_RUNS = 5;

/** The compressors that are measured; the first is the default of the program. */
export const MEASURED_COMPRESSORS: readonly string[] = ["lbzip2", "bzip2", "zstd", "none"];

/** A script, and what it finds in its environment besides what the site gives. */
export interface Measurement {
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How many times the script does the same. */
  readonly times?: number;
}

/** The destination of the one client. */
export function destinationOf(site: Site): string {
  return join(site.work, "destination");
}

/** Runs a script and gives what one of its times cost. */
export async function stepCost(
  site: Site,
  { script, env = {}, times = 1 }: Measurement,
): Promise<StepCost> {
  const before = await serverCpu(site.meter.server);
  const cost: Cost = await measured(site.meter, {
    script,
    env: {
      ...site.environment,
      LC_ALL: "C.UTF-8",
      source: site.source,
      dest: destinationOf(site),
      faketime: site.faketime,
      ...env,
    },
    log: join(site.work, "log"),
  });
  const cpu = await serverCpu(site.meter.server) - before;
  return {
    cpu: cpu / times,
    clientCpu: Math.max(0, cost.cpu - cpu) / times,
    wall: cost.wall / times,
    wire: cost.wire / MIB / times,
  };
}

/** The kernel counts these in hundredths of a second. */
const TICKS = 100;

/**
 * CPU seconds of sshd and of all that it started and that has ended: every process of
 * a session is waited for by the one that started it.
 */
async function serverCpu(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name may contain spaces: the fields are counted from its closing parenthesis.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/**
 * The program, once for each of `days`, so many days ahead. `--max-prune` lets it pass
 * over clocks that differ; the packing is the same on every day.
 */
const RUN = `for day in $days; do
  env LD_PRELOAD="$faketime" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME="+\${day}d" \\
    "$program" --max-prune 1000 $options "$source/" "backup:$dest"
done`;

function run(days: readonly number[], options = ""): Measurement {
  return { script: RUN, env: { days: days.join(" "), options }, times: days.length };
}

function combined(
  one: StepCost,
  { times = 1, minus }: { times?: number; minus: StepCost },
): StepCost {
  const difference = (of: (cost: StepCost) => number) => Math.max(0, of(one) - of(minus)) * times;
  return {
    cpu: difference(({ cpu }) => cpu),
    clientCpu: difference(({ clientCpu }) => clientCpu),
    wall: difference(({ wall }) => wall),
    wire: difference(({ wire }) => wire),
  };
}

/** Consecutive days, the next ones with each call. */
function calendar(): (count: number) => number[] {
  let last = 0;
  return (count) => Array.from({ length: count }, () => last++);
}

/** Measures everything with a tree of that size. */
export async function measureCosts(
  site: Site,
  { mebibytes, machine, cores }: { mebibytes: number; machine: string; cores: number },
): Promise<Costs> {
  const destination = destinationOf(site);
  await print("Logins", Deno.stderr);
  const logins = `for n in $(seq ${LOGINS}); do ssh backup true; done`;
  const login = await stepCost(site, { script: logins, times: LOGINS });

  await print("Unchanged runs", Deno.stderr);
  const small = makeTree(site.source, 1);
  await Deno.mkdir(destination);
  const days = calendar();
  await stepCost(site, run(days(1)));
  const unchanged = await stepCost(site, run(days(UNCHANGED_RUNS)));
  for (const path of [site.source, destination]) await removeTree(path);

  await print(`Runs of ${mebibytes} MiB`, Deno.stderr);
  const tree = makeTree(site.source, mebibytes);
  await Deno.mkdir(destination);
  const first = await watchMemory(
    site.meter,
    () => stepCost(site, run(days(1), "--compress none")),
  );
  const same = await stepCost(site, run(days(UNCHANGED_RUNS), "--compress none"));
  const packs: Record<string, { whole: StepCost; pack: PackCost }> = {};
  for (const name of MEASURED_COMPRESSORS) {
    await print(`  packed by ${name}`, Deno.stderr);
    packs[name] = await packCost(site, { name, day: days(1), same, mebibytes });
  }
  const received = combined(first.result, {
    minus: packs["none"]?.whole ?? first.result,
    times: 1024 / mebibytes,
  });
  const thousands = (tree.files.length - small.files.length) / 1000;
  return {
    date: String(Temporal.Now.plainDateISO("UTC")),
    machine,
    cores,
    disk: await diskSpeed(site.work, 4 * mebibytes),
    tree: { mebibytes, files: tree.files.length },
    login,
    unchanged,
    thousandFiles: combined(same, { minus: unchanged, times: 1 / thousands }),
    receivedGibibyte: received,
    packedGibibyte: Object.fromEntries(
      Object.entries(packs).map(([name, { pack }]) => [name, pack]),
    ),
    runMemory: first.others,
  };
}

async function packCost(
  site: Site,
  { name, day, same, mebibytes }: {
    name: string;
    day: number[];
    same: StepCost;
    mebibytes: number;
  },
): Promise<{ whole: StepCost; pack: PackCost }> {
  const options = `--always-archive --compress ${name}`;
  const { result: whole, compressor } = await watchMemory(
    site.meter,
    () => stepCost(site, run(day, options)),
  );
  const { cpu, wall } = combined(whole, { minus: same, times: 1024 / mebibytes });
  const ratio = await newestArchive(destinationOf(site)) / MIB / mebibytes;
  const parallel = name !== "bzip2" && name !== "none";
  return { whole, pack: { cpu, wall, ratio, memory: compressor, parallel } };
}

/** The size in bytes of the archive of the latest date. */
async function newestArchive(directory: string): Promise<number> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (/^automated-backup-.*\.tar(\.[a-z0-9]+)?$/.test(name) && !name.endsWith(".sha256")) {
      names.push(name);
    }
  }
  const { size } = await Deno.stat(join(directory, names.sort().at(-1) ?? ""));
  return size;
}

/** MiB a second of writing a file and flushing it. */
async function diskSpeed(directory: string, mebibytes: number): Promise<number> {
  const file = join(directory, "written");
  const start = performance.now();
  const { success } = await new Deno.Command("dd", {
    args: ["if=/dev/zero", `of=${file}`, "bs=1M", `count=${mebibytes}`, "conv=fsync"],
    stderr: "null",
  }).output();
  const seconds = (performance.now() - start) / 1000;
  await Deno.remove(file);
  if (!success) throw new Error(`Cannot write ${mebibytes} MiB into ${directory}`);
  return mebibytes / seconds;
}
