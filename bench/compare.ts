/**
 * The tools side by side: FIRST, SAME and ONEPCT, round by round.
 *
 * @module
 */

import { print } from "./print.ts";
import { openSeries, openSite, type Place, type Site } from "./site.ts";
import type { Tool } from "./tools.ts";
import { changeOnePercent, makeTree, type Tree } from "./tree.ts";

/** The workloads, in the order in which a tool goes through them. */
export const WORKLOADS = ["FIRST", "SAME", "ONEPCT"] as const;
/** One of {@linkcode WORKLOADS}. */
export type Workload = (typeof WORKLOADS)[number];

/** What a backup cost. `disk`: the bytes of the whole destination after it. */
export interface Sample {
  readonly wall: number;
  readonly cpu: number;
  readonly wire: number;
  readonly disk: number;
}

/** All that was measured. */
export interface Comparison {
  readonly tree: { readonly files: number; readonly bytes: number };
  readonly samples: ReadonlyMap<Tool, Readonly<Record<Workload, Sample[]>>>;
  /** The tools that failed, with what they said; they are not in `samples`. */
  readonly failures: ReadonlyMap<Tool, string>;
}

/** Measures the tools, alternating them. */
export async function compare(
  place: Place,
  { tools, size, rounds }: { tools: readonly Tool[]; size: number; rounds: number },
): Promise<Comparison> {
  await using site = await openSite(place);
  await print(`Writing ${size} MiB`, Deno.stderr);
  const tree = makeTree(site.source, size);
  const samples = new Map(
    tools.map((tool) => [tool, { FIRST: [], SAME: [], ONEPCT: [] } as Record<Workload, Sample[]>]),
  );
  const failures = new Map<Tool, string>();
  for (let round = 0; round < rounds; round++) {
    // Each begins a round in turn, so that none is always measured after the same other.
    const order = [...tools.slice(round % tools.length), ...tools.slice(0, round % tools.length)];
    for (const tool of order) {
      const own = samples.get(tool);
      if (own === undefined) continue;
      await print(`Round ${round + 1} of ${rounds}: ${tool.title}`, Deno.stderr);
      try {
        await measureTool(site, tool, { tree, samples: own });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        await print(`${tool.title} failed: ${message}`, Deno.stderr);
        failures.set(tool, message);
        samples.delete(tool);
      }
    }
  }
  return { tree: { files: tree.files.length, bytes: tree.bytes }, samples, failures };
}

async function measureTool(
  site: Site,
  tool: Tool,
  { tree, samples }: { tree: Tree; samples: Record<Workload, Sample[]> },
): Promise<void> {
  await using series = await openSeries(site, tool);
  for (const workload of WORKLOADS) {
    const undo = workload === "ONEPCT" ? changeOnePercent(tree) : undefined;
    try {
      const sample = await series.backUp();
      samples[workload].push(sample);
      const seconds = `${sample.wall.toFixed(2)} s, CPU ${sample.cpu.toFixed(2)} s`;
      await print(`  ${workload.padEnd(6)}  ${seconds}`, Deno.stderr);
    } finally {
      undo?.();
    }
  }
}
