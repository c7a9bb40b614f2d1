/**
 * How time and memory of the program grow: with the size of the tree, with the
 * number of files, with the number of archives.
 *
 * @module
 */

import { join } from "@std/path";
import { count, mebibytes, median, print, seconds, table } from "./print.ts";
import { openSeries, openSite, type Place, removeTree, type Site } from "./site.ts";
import { type Tool, TOOLS } from "./tools.ts";
import { makeEmptyFiles, makeTree } from "./tree.ts";

/** How far each series goes. */
export interface GrowthSteps {
  /** MiB. */
  readonly sizes: readonly number[];
  readonly files: readonly number[];
  readonly archives: readonly number[];
}

/** The default, and one that takes a minute. */
export const STEPS: GrowthSteps = {
  sizes: [256, 512, 1024, 2048, 4096],
  files: [1000, 10_000, 100_000, 1_000_000],
  archives: [10, 100, 1000, 10_000],
};
/** See {@linkcode STEPS}. */
export const QUICK_STEPS: GrowthSteps = {
  sizes: [16, 32],
  files: [1000, 10_000],
  archives: [10, 100, 1000],
};

/** One dimension of growth. */
interface Dimension {
  readonly title: string;
  readonly steps: readonly number[];
  makeSource(directory: string, step: number): void;
  /** Fills the destination before the first backup. */
  fill?(destination: string, step: number): Promise<void>;
}

function dimensions(steps: GrowthSteps): Dimension[] {
  return [
    { title: "size, MiB", steps: steps.sizes, makeSource: makeTree },
    { title: "files, all empty", steps: steps.files, makeSource: makeEmptyFiles },
    {
      title: "archives in the destination",
      steps: steps.archives,
      makeSource: (directory) => makeTree(directory, 1),
      fill: fillWithArchives,
    },
  ];
}

/** Measures the program step by step and gives Markdown. */
export async function growth(
  place: Place,
  { steps, rounds }: { steps: GrowthSteps; rounds: number },
): Promise<string> {
  const program = TOOLS.find(({ id }) => id === "program");
  if (program === undefined) throw new Error("There is no tool `program`");
  await using site = await openSite(place);
  const tables: string[] = [];
  for (const dimension of dimensions(steps)) {
    const rows: string[][] = [];
    for (const step of dimension.steps) {
      await print(`${dimension.title}: ${count(step)}`, Deno.stderr);
      dimension.makeSource(site.source, step);
      const row = await measureStep(site, program, { dimension, step, rounds });
      rows.push([count(step), ...row]);
      await print(`  ${row.join("  ")}`, Deno.stderr);
      await removeTree(site.source);
    }
    const head = [dimension.title, "FIRST", "peak memory", "exit", "SAME", "peak memory", "exit"];
    if (rows.length > 0) tables.push(table(head, rows));
  }
  return tables.join("\n\n");
}

/**
 * 3 is no failure here: with thousands of archives the prune goes at its pace, and
 * the program says so.
 */
const CODES = [0, 3];

async function measureStep(
  site: Site,
  program: Tool,
  { dimension, step, rounds }: { dimension: Dimension; step: number; rounds: number },
): Promise<string[]> {
  const walls: [number[], number[]] = [[], []];
  const peaks: [number, number] = [0, 0];
  const codes: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let round = 0; round < rounds; round++) {
    await using series = await openSeries(site, program);
    await dimension.fill?.(series.destination, step);
    for (const day of [0, 1] as const) {
      const { wall, peak, code } = await series.backUp({ watched: true, codes: CODES });
      walls[day].push(wall);
      peaks[day] = Math.max(peaks[day], peak);
      codes[day].add(code);
    }
  }
  return ([0, 1] as const).flatMap((day) => [
    seconds(median(walls[day])),
    mebibytes(peaks[day]),
    [...codes[day]].join(", "),
  ]);
}

/** Writes tiny archives, one for each day up to the day before yesterday, with their sums. */
async function fillWithArchives(destination: string, number: number): Promise<void> {
  const sample = join(destination, "sample");
  await new Deno.Command("tar", { args: ["-cjf", sample, "-T", "/dev/null"] }).output();
  const bytes = await Deno.readFile(sample);
  await Deno.remove(sample);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sum = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  // In UTC the pretended yesterday may be the day before.
  const newest = Temporal.Now.plainDateISO("UTC").subtract({ days: 3 });
  for (let days = 0; days < number; days++) {
    const name = `automated-backup-${newest.subtract({ days })}.tar.bzip2`;
    await Deno.writeFile(join(destination, name), bytes);
    await Deno.writeTextFile(join(destination, `${name}.sha256`), `${sum}  ${name}\n`);
  }
}
