import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs/exists";
import {
  archivesIn,
  letADayPass,
  TODAYS_ARCHIVE,
  YESTERDAYS_ARCHIVE,
} from "../support/archives.ts";
import { type Outcome, outputOf, until } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import { processesOf } from "../support/killing.ts";
import { killProcess } from "../support/processes.ts";
import { type RemoteSite, remoteTest, type Site, siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** A destination with yesterday's archive, and how to use it with other programs there. */
interface Setting {
  readonly site: Site;
  readonly custody: Custody;
  run(args: readonly string[]): Promise<Outcome>;
  backup(...options: string[]): Promise<Outcome>;
  /** The destination as the program takes it, behind its options. */
  readonly destination: readonly string[];
  usePrograms(programs: Readonly<Record<string, string>>): Promise<void>;
}

async function localSetting(site: Site): Promise<Setting> {
  await writeTree(site.source, { "file": "content" });
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  await letADayPass(site.destination);
  await writeTree(site.source, { "file": "new content" });
  let PATH = await site.programs({});
  const run = (args: readonly string[]) => site.run(args, { env: { PATH } });
  return {
    site,
    custody: await Custody.of(site.destination),
    run,
    backup: (...options) => run([...options, site.source, site.destination]),
    destination: [site.destination],
    usePrograms: async (programs) => {
      PATH = await site.programs(programs);
    },
  };
}

async function remoteSetting(remote: RemoteSite): Promise<Setting> {
  const { site, server } = remote;
  return {
    ...await localSetting(site),
    run: (args) => remote.run(args),
    backup: (...options) => remote.backup(...options),
    destination: [...remote.options, remote.remote(site.destination)],
    usePrograms: async (programs) => server.setRemotePath(await site.programs(programs)),
  };
}

function lockTest(name: string, test: (setting: Setting) => Promise<void>): void {
  siteTest(name, async (site) => await test(await localSetting(site)), ["root"]);
  remoteTest(`${name}, over ssh`, async (remote) => await test(await remoteSetting(remote)), [
    "root",
  ]);
}

/** A `tar` that says that it has begun, and packs once it is let go. */
function blockedTar(site: Site): string {
  return `echo begun >'${site.path("begun")}'
    until [ -e '${site.path("released")}' ]; do sleep 0.05; done; exec /usr/bin/tar "$@"`;
}

/** A run that has begun to pack, and goes on when it is let go. */
async function heldRun({ site, backup, usePrograms }: Setting): Promise<{
  ended: Promise<Outcome>;
  release: () => Promise<void>;
}> {
  await usePrograms({ tar: blockedTar(site) });
  const ended = backup();
  await until("the first run packs", () => exists(site.path("begun")));
  return { ended, release: () => Deno.writeTextFile(site.path("released"), "") };
}

/** Who holds the lock, as a second run is told. */
const HOLDER = /is in use by (\S+), process (\d+), since (\d{4}-\d\d-\d\dT\S+); .*--lock-wait/;

lockTest("a second run: status 75 at once, and it names the first", async (setting) => {
  const { site, custody, backup } = setting;
  const held = await heldRun(setting);
  const { code, stdout, stderr } = await backup();
  assert(!await exists(site.path("released")), "the first run still holds the lock");
  assertEquals({ code, stdout }, { code: 75, stdout: "" }, stderr);
  const [, host, process, since] = HOLDER.exec(stderr) ?? [];
  assertEquals(host, (await outputOf(["uname", "-n"])).trim());
  const holder = (await processesOf(site)).find(({ pid }) => pid === Number(process));
  assertStringIncludes(holder?.args ?? "", site.source);
  assert(Temporal.Instant.from(since ?? "").until(Temporal.Now.instant()).total("minutes") < 10);
  await custody.afterFault();
  await held.release();
  assertEquals(await held.ended, SILENT_SUCCESS);
  await custody.afterCleanRun();
  assertEquals(await backup(), SILENT_SUCCESS);
});

lockTest("list and plan do not wait, and see no half-written archive", async (setting) => {
  const { custody, run, destination } = setting;
  const held = await heldRun(setting);
  const listed = await run(["list", "--json", ...destination]);
  assertEquals(listed.code, 0, listed.stderr);
  const { archives } = JSON.parse(listed.stdout);
  assertEquals(archives.map(({ name }: { name: string }) => name), [YESTERDAYS_ARCHIVE]);
  const planned = await run(["plan", ...destination]);
  assertEquals(planned.code, 0, planned.stderr);
  assertEquals(planned.stdout.includes(TODAYS_ARCHIVE), false);
  await custody.afterFault();
  await held.release();
  assertEquals(await held.ended, SILENT_SUCCESS);
  await custody.afterCleanRun();
});

lockTest("--lock-wait waits for the first run, and then succeeds", async (setting) => {
  const { site, custody, backup } = setting;
  const held = await heldRun(setting);
  const second = backup("--lock-wait=50");
  await until("the second run waits", async () => {
    const processes = await processesOf(site);
    return processes.some(({ args }) => args === "flock -w 50 9");
  });
  await held.release();
  assertEquals(await held.ended, SILENT_SUCCESS);
  assertEquals(await second, SILENT_SUCCESS);
  await custody.afterFault();
  await custody.afterCleanRun();
});

lockTest("--lock-wait gives up after its time: status 75", async (setting) => {
  const { custody, backup } = setting;
  const held = await heldRun(setting);
  const { code, stderr } = await backup("--lock-wait=1");
  assertEquals(code, 75);
  assertMatch(stderr, HOLDER);
  await custody.afterFault();
  await held.release();
  assertEquals(await held.ended, SILENT_SUCCESS);
  await custody.afterCleanRun();
});

lockTest("SIGKILL of the holder frees the lock", async (setting) => {
  const { site, custody, backup, usePrograms } = setting;
  const held = await heldRun(setting);
  const program = (await site.programArgv()).join(" ");
  const holders = (await processesOf(site)).filter(({ args }) => args.startsWith(program));
  assertEquals(holders.map(killProcess), [true]);
  assertEquals((await held.ended).code, 137);
  await usePrograms({});
  // At once: what still ends is waited for.
  assertEquals(await backup(), SILENT_SUCCESS);
  await custody.afterFault();
  await custody.afterCleanRun();
  assertEquals(await archivesIn(site.destination), [YESTERDAYS_ARCHIVE, TODAYS_ARCHIVE]);
});

/** A program that notes when two of its kind run at the same time. */
function alone(name: string, site: Site): string {
  const guard = site.path(`guard-${name}`);
  return `mkdir '${guard}' || echo ${name} >>'${site.path("overlaps")}'
    /usr/bin/${name} "$@"; code=$?; sleep 0.2; rmdir '${guard}'; exit $code`;
}

lockTest("eight runs at once: one at a time, the others are told", async (setting) => {
  const { site, custody, backup, usePrograms } = setting;
  await Deno.writeTextFile(site.path("overlaps"), "");
  await usePrograms({ tar: alone("tar", site), rsync: alone("rsync", site) });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => backup()));
  assertEquals(await Deno.readTextFile(site.path("overlaps")), "");
  const statuses = outcomes.map(({ code }) => code);
  assert(statuses.includes(0), `${statuses}`);
  for (const { code, stderr } of outcomes) {
    assert(code === 0 || code === 75, `${code} ${stderr}`);
    if (code === 75) assertMatch(stderr, HOLDER);
  }
  await custody.afterFault();
  await usePrograms({});
  assertEquals(await backup(), SILENT_SUCCESS);
  await custody.afterCleanRun();
});
