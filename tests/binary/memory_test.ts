import { assert, assertEquals } from "@std/assert";
import { archiveOf } from "../support/archives.ts";
import { outputOf } from "../support/command.ts";
import { daysAgo } from "../support/program.ts";
import { type Site, siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const LIMIT_MEBIBYTES = 100;

/** The kernel's high-water mark of a process's memory, in MiB; `undefined` once it has ended. */
async function highWaterMark(pid: number): Promise<number | undefined> {
  try {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // It ended between the opening of the file and the reading.
    if (error instanceof Error && error.message.includes("os error 3")) return undefined;
    throw error;
  }
}

/** Runs the program, without its children, under the eyes of the kernel. */
async function peakMemory(
  site: Site,
  args: readonly string[],
): Promise<{ code: number; peak: number }> {
  const [program = "", ...words] = await site.programArgv();
  await using child = new Deno.Command(program, {
    args: [...words, ...args],
    env: await site.environment(),
    stdout: "null",
    stderr: "null",
  }).spawn();
  let peak = 0;
  let ended = false;
  const status = child.status.finally(() => ended = true);
  while (!ended) {
    peak = Math.max(peak, await highWaterMark(child.pid) ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return { code: (await status).code, peak };
}

function assertSmall(peak: number): void {
  assert(peak > 10, `only ${peak} MiB: it was not seen`);
  assert(peak < LIMIT_MEBIBYTES, `${peak} MiB`);
}

siteTest("10,000 archives: a backup and a list stay under 100 MiB", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const archives: Record<string, string> = {};
  for (let day = 1; day <= 10_000; day++) {
    archives[archiveOf(daysAgo(day))] = "";
    archives[`${archiveOf(daysAgo(day))}.sha256`] = "";
  }
  await writeTree(site.destination, archives);
  for (const args of [[site.source, site.destination], ["list", site.destination]]) {
    const { code, peak } = await peakMemory(site, args);
    // More to prune than the pace, as it says.
    assertEquals(code, args[0] === "list" ? 0 : 3);
    assertSmall(peak);
  }
}, ["root"]);

siteTest("100,000 files: a first backup stays under 100 MiB", async (site) => {
  const script = "for d in $(seq 100); do mkdir $d && (cd $d && seq 1000 | xargs touch); done";
  await outputOf(["sh", "-ec", script], { cwd: site.source });
  const compressor = ["--compress", "none"];
  const { code, peak } = await peakMemory(site, [...compressor, site.source, site.destination]);
  assertEquals(code, 0);
  assertSmall(peak);
}, ["root"]);
