/**
 * On what was measured: the machine and the versions.
 *
 * @module
 */

import { mebibytes } from "./print.ts";
import type { Place } from "./site.ts";
import type { Tool } from "./tools.ts";

/** The first line that a shell command prints, wherever it prints it. */
async function firstLine(command: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `{ ${command}; } 2>&1`],
    env: { ...env, LC_ALL: "C.UTF-8" },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n")[0] ?? "";
}

/** A list of what the figures depend on. */
export async function machineReport(place: Place, tools: readonly Tool[]): Promise<string> {
  const memory = await firstLine("sed -n 's/^MemTotal: *//p' /proc/meminfo");
  const model = await firstLine("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo");
  const [cores, kernel, system, disk] = await Promise.all([
    firstLine("nproc"),
    firstLine("uname -srm"),
    firstLine(". /etc/os-release; echo $PRETTY_NAME"),
    firstLine(`df --output=fstype '${place.work}' | tail -n 1`),
  ]);
  const date = Temporal.Now.plainDateISO("UTC");
  const commands = [
    ...["rsync --version", "ssh -V", "tar --version"],
    ...tools.map((tool) => tool.version),
  ];
  const versions = await Promise.all(
    [...new Set(commands)].map((command) => firstLine(command, { program: place.program })),
  );
  return [
    `- date: ${date}`,
    `- machine: ${model || "unknown processor"}, ${cores} cores, ${
      mebibytes(Number.parseInt(memory) * 1024)
    } of memory, ${disk}`,
    `- system: ${system}, ${kernel}`,
    "- versions:",
    ...versions.map((version) => `  - ${version.replaceAll("*", "").replace(/ +/g, " ").trim()}`),
  ].join("\n");
}

/** Fails unless there is room for what will be written, in MiB. */
export async function requireRoom({ work }: Place, needed: number): Promise<void> {
  const free = Number(await firstLine(`df --output=avail --block-size=1M '${work}' | tail -n 1`));
  if (free >= needed) return;
  throw new Error(`Cannot measure in ${work}: it takes ${needed} MiB, and ${free} MiB are free`);
}
