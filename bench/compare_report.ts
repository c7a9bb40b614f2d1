/**
 * The comparison as Markdown.
 *
 * @module
 */

import { type Comparison, type Sample, type Workload, WORKLOADS } from "./compare.ts";
import { count, mebibytes, median, ratio, seconds, table } from "./print.ts";
import type { Tool } from "./tools.ts";

const MEANING: Readonly<Record<Workload, string>> = {
  FIRST: "into an empty destination",
  SAME: "the next day, nothing has changed",
  ONEPCT: "the day after, 1 % of the files have changed",
};

/** What the program may cost over the bare commands: a share of their time, and seconds. */
const ALLOWED_SHARE = 0.03;
const ALLOWED_SECONDS = 0.15;
/** The part of rsnapshot's time that an unchanged day may take. */
const SAME_LIMIT = 0.6;

/** The medians of one tool's samples. */
function medians(samples: readonly Sample[]): Sample {
  const of = (field: keyof Sample) => median(samples.map((sample) => sample[field]));
  return { wall: of("wall"), cpu: of("cpu"), wire: of("wire"), disk: of("disk") };
}

/** Medians by the tool's id. */
type Medians = ReadonlyMap<string, Readonly<Record<Workload, Sample>>>;

/** Tables of medians, each with ratios to `base`, then what was to be shown. */
export function compareReport(comparison: Comparison, base: Tool | undefined): string {
  const { samples, tree, failures } = comparison;
  const all: Medians = new Map([...samples].map(([tool, own]) => [tool.id, {
    FIRST: medians(own.FIRST),
    SAME: medians(own.SAME),
    ONEPCT: medians(own.ONEPCT),
  }]));
  const text = [
    `${count(tree.files)} files, ${mebibytes(tree.bytes)}.` +
    (base === undefined ? "" : ` Each ratio is to "${base.title}".`),
  ];
  for (const workload of WORKLOADS) {
    const bases = all.get(base?.id ?? "")?.[workload];
    const rows = [...samples].map(([tool, own]) => {
      const walls = own[workload].map(({ wall }) => wall);
      const { wall, cpu, wire, disk } = medians(own[workload]);
      const range = `${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)}`;
      return [
        ...[tool.title, seconds(wall), range, ratio(wall, bases?.wall ?? NaN)],
        ...[seconds(cpu), ratio(cpu, bases?.cpu ?? NaN)],
        ...[mebibytes(wire), ratio(wire, bases?.wire ?? NaN)],
        ...[mebibytes(disk), ratio(disk, bases?.disk ?? NaN)],
      ];
    });
    const head = ["tool", "wall", "range", "×", "CPU", "×", "wire", "×", "destination", "×"];
    text.push(`**${workload}**: ${MEANING[workload]}`, table(head, rows));
  }
  text.push(...goals([...samples.keys()], all, base));
  for (const [tool, message] of failures) text.push(`${tool.title} failed: \`${message}\``);
  return text.join("\n\n");
}

/** What was to be reached, wherever both sides of it were measured. */
function goals(tools: readonly Tool[], all: Medians, base: Tool | undefined): string[] {
  const rows: string[][] = [];
  const add = (goal: string, value: string, limit: string, reached: boolean) =>
    rows.push([goal, value, limit, reached ? "yes" : "NO"]);
  const [program, zstd] = [all.get("program"), all.get("program-zstd")];
  const peers = tools.filter(({ id, bare }) => !bare && !id.startsWith("program"));
  const quickest = (workload: Workload, ids: readonly string[]) =>
    Math.min(...ids.map((id) => all.get(id)?.[workload].wall ?? Infinity));
  for (const [own, id] of [[program, base?.id], [zstd, "bare-zstd"]] as const) {
    const bare = all.get(id ?? "")?.FIRST.wall;
    if (own === undefined || bare === undefined) continue;
    const limit = bare * (1 + ALLOWED_SHARE) + ALLOWED_SECONDS;
    const wall = own.FIRST.wall;
    add(`FIRST, against ${id} + 3 % + 150 ms`, seconds(wall), seconds(limit), wall <= limit);
  }
  if (program !== undefined) {
    const wall = program.SAME.wall;
    const peer = quickest("SAME", peers.map(({ id }) => id));
    if (peer < Infinity) {
      add("SAME, ahead of every peer", seconds(wall), seconds(peer), wall < peer);
    }
    const snapshot = (all.get("rsnapshot")?.SAME.wall ?? NaN) * SAME_LIMIT;
    if (snapshot > 0) {
      add("SAME, at most 0.6 of rsnapshot", seconds(wall), seconds(snapshot), wall <= snapshot);
    }
    const growth = program.SAME.disk - program.FIRST.disk;
    // The directory itself, and the state, may take a block more.
    add("SAME, growth of the destination", `${growth} B`, "8192 B", growth <= 8192);
  }
  const rivals = ["restic", "borg", "rdiff-backup", "duplicity"].filter((id) => all.has(id));
  if (zstd !== undefined && rivals.length > 0) {
    const rival = quickest("FIRST", rivals);
    const goal = `FIRST with zstd, ahead of ${rivals.join(", ")}`;
    add(goal, seconds(zstd.FIRST.wall), seconds(rival), zstd.FIRST.wall < rival);
  }
  return rows.length === 0 ? [] : [table(["goal", "measured", "limit", "reached"], rows)];
}
