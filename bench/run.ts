/**
 * Measures, prints, and keeps the results; called by `bench/run`, inside its
 * namespaces.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../lib/errors.ts";
import { compare } from "./compare.ts";
import { compareReport } from "./compare_report.ts";
import { growth, type GrowthSteps, QUICK_STEPS, STEPS } from "./growth.ts";
import { machineReport, requireRoom } from "./machine.ts";
import { print } from "./print.ts";
import { saveResults } from "./results.ts";
import type { Place } from "./site.ts";
import { baseTool, type Tool, TOOLS } from "./tools.ts";

const FLAGS = ["quick", "save"];
const VALUES = ["work", "group", "program", "faketime"].concat(
  ...["size", "rounds", "tools", "sizes", "files", "archives"],
);

type Options = ReturnType<typeof parseArgs>;

function text(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

function wholeNumbers(options: Options, name: string): number[] | undefined {
  const words = text(options, name)?.split(",");
  for (const word of words ?? []) {
    if (!/^[1-9]\d{0,8}$/.test(word)) {
      throw new UsageError(`--${name} takes whole numbers, not "${word}"`);
    }
  }
  return words?.map(Number);
}

/** The programs on PATH decide what can be measured; the rest is named. */
async function available(
  place: Place,
  chosen: readonly string[] | undefined,
): Promise<{ tools: Tool[]; base: Tool | undefined }> {
  for (const id of chosen ?? []) {
    if (TOOLS.some((tool) => tool.id === id)) continue;
    const ids = TOOLS.map((tool) => tool.id).join(",");
    throw new UsageError(`--tools takes some of ${ids}, not "${id}"`);
  }
  const { stdout } = await new Deno.Command(place.program, { args: ["--help"] }).output();
  const help = new TextDecoder().decode(stdout);
  const present: Tool[] = [];
  for (const tool of TOOLS) {
    if (chosen?.includes(tool.id) === false) continue;
    const lacks: string[] = [];
    for (const program of tool.programs) if (!await installed(program)) lacks.push(program);
    if (tool.option !== undefined && !help.includes(tool.option)) lacks.push(tool.option);
    if (lacks.length === 0) present.push(tool);
    else await print(`Not measured: ${tool.title} (missing: ${lacks.join(", ")})`, Deno.stderr);
  }
  const base = baseTool(present, help.includes("--compress"));
  // bzip2 alone takes longer than all others together.
  const tools = chosen === undefined && base?.id !== "bare-bzip2"
    ? present.filter(({ id }) => id !== "bare-bzip2")
    : present;
  return { tools, base };
}

async function installed(program: string): Promise<boolean> {
  const args = ["-c", 'command -v "$1"', "sh", program];
  return (await new Deno.Command("sh", { args, stdout: "null" }).output()).success;
}

/** What is measured of growth; a series that is given as `none` is left out. */
function growthSteps(options: Options): GrowthSteps {
  const steps = options["quick"] ? QUICK_STEPS : STEPS;
  const list = (name: string) => text(options, name) === "none" ? [] : wholeNumbers(options, name);
  return {
    sizes: list("sizes") ?? steps.sizes,
    files: list("files") ?? steps.files,
    archives: list("archives") ?? steps.archives,
  };
}

async function main(): Promise<number> {
  const options = parseArgs(Deno.args, { boolean: FLAGS, string: VALUES });
  const [mode = "compare", ...rest] = Array.isArray(options["_"]) ? options["_"] : [];
  const unknown = Object.keys(options).find((name) => ![...FLAGS, ...VALUES, "_"].includes(name));
  if (unknown !== undefined) throw new UsageError(`There is no option "${unknown}"`);
  if ((mode !== "compare" && mode !== "growth") || rest.length > 0) {
    throw new UsageError(`The mode is compare or growth, not "${[mode, ...rest].join(" ")}"`);
  }
  const place: Place = {
    work: text(options, "work") ?? "",
    group: text(options, "group") ?? "",
    program: text(options, "program") ?? "",
    faketime: text(options, "faketime") ?? "",
  };
  const rounds = wholeNumbers(options, "rounds")?.[0];
  let name = "side by side";
  let report: string;
  let tools: readonly Tool[] = TOOLS.filter(({ id }) => id === "program");
  let failed = false;
  if (mode === "growth") {
    name = "growth";
    const steps = growthSteps(options);
    await requireRoom(place, 5 * Math.max(1024, ...steps.sizes));
    report = await growth(place, { steps, rounds: rounds ?? 1 });
  } else {
    const size = wholeNumbers(options, "size")?.[0] ?? 512;
    const found = await available(place, text(options, "tools")?.split(","));
    tools = found.tools;
    if (tools.length === 0) throw new UsageError("None of these tools is there");
    await requireRoom(place, 6 * size);
    const comparison = await compare(place, { tools, size, rounds: rounds ?? 3 });
    failed = comparison.failures.size > 0;
    report = `Rounds: ${rounds ?? 3}; all figures are medians. ${
      compareReport(comparison, found.base)
    }`;
  }
  const section = `${await machineReport(place, tools)}\n\n${report}`;
  await print(`# Results: ${name}\n\n${section}`);
  if (options["save"]) await saveResults(name, section);
  return failed ? 1 : 0;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  await print(`bench/run: ${message}${usage ? "; see bench/run --help" : ""}`, Deno.stderr);
  Deno.exitCode = usage ? 2 : 1;
}
