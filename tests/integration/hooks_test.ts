import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs/exists";
import { join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { until } from "../support/command.ts";
import { TODAY } from "../support/program.ts";
import { type Site, siteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** A command that keeps its variables in a file of the site. */
function noting(site: Site, name: string): string {
  return `env | grep ^RRB_ | sort >'${site.path(name)}'`;
}

async function noted(site: Site, name: string): Promise<Record<string, string>> {
  const lines = (await Deno.readTextFile(site.path(name))).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/, 2)));
}

siteTest("--before runs first, so that what it makes is backed up", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const before = `echo dump >'${site.source}/dump'; ${noting(site, "noted")}; echo noise`;
  const outcome = await site.run(["--before", before, `${site.source}/`, site.destination]);
  assertEquals(outcome, SILENT_SUCCESS);
  assertEquals(await namesIn(join(site.destination, "latest")), ["dump", "file"]);
  assertEquals(await noted(site, "noted"), {
    RRB_HOOK: "before",
    RRB_SOURCE: `${site.source}/`,
    RRB_DESTINATION: site.destination,
    RRB_DATE: TODAY.toString(),
  });
});

siteTest("a --before that fails: status 1, its last words, nothing touched", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const before = "echo connecting; echo no such database >&2; exit 4";
  const outcome = await site.run(["--before", before, site.source, site.destination]);
  assertEquals(outcome, {
    code: 1,
    stdout: "",
    stderr: "roundrobinbackup: Nothing was touched: the --before command failed (status 4): " +
      "no such database\n",
  });
  assertEquals(await exists(site.destination), false);
});

siteTest("a --before that fails leaves archives and mirror as they were", async (site) => {
  await writeTree(site.source, { "file": "content" });
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  const before = await site.stateOf(site.destination);
  await writeTree(site.source, { "file": "other content" });
  const { code } = await site.run(["--before", "false", site.source, site.destination]);
  assertEquals([code, await site.stateOf(site.destination)], [1, before]);
});

siteTest(
  "what a command says on standard output is its reason when there is no other",
  async (site) => {
    const outcome = await site.run(["--before", "echo no licence; false", site.source, "d"]);
    assertStringIncludes(outcome.stderr, "failed (status 1): no licence\n");
  },
);

siteTest(
  "a warning of a --before that succeeds is passed on; the run ends with 0",
  async (site) => {
    await writeTree(site.source, { "file": "content" });
    const before = "echo table t is empty >&2";
    const { code, stderr } = await site.run(["--before", before, site.source, site.destination]);
    assertEquals(code, 0);
    assertEquals(stderr, "roundrobinbackup: The --before command says: table t is empty\n");
  },
);

siteTest("--hook-timeout ends a command with all that it started", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const before = `sleep 1000.0 '${site.directory}' & sleep 1000; true`;
  const { code, stderr } = await site.run([
    ...["--before", before, "--hook-timeout", "1"],
    ...[site.source, site.destination],
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "the --before command was ended after 1 seconds");
  await site.assertNothingLeft();
});

siteTest("--after learns what was made, and that nothing has changed", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const backup = ["--after", noting(site, "noted"), `${site.source}/`, site.destination];
  assertEquals(await site.run(backup), SILENT_SUCCESS);
  assertEquals(await noted(site, "noted"), {
    RRB_HOOK: "after",
    RRB_SOURCE: `${site.source}/`,
    RRB_DESTINATION: site.destination,
    RRB_DATE: TODAY.toString(),
    RRB_STATUS: "0",
    RRB_ARCHIVE: TODAYS_ARCHIVE,
    RRB_RESULT: "made",
    RRB_FILES: "2",
    RRB_BYTES: "7",
    RRB_KEPT: "1",
    RRB_REMOVED: "0",
    RRB_WARNINGS: "",
  });
  assertEquals(await site.run(backup), SILENT_SUCCESS);
  assertEquals((await noted(site, "noted"))["RRB_RESULT"], "unchanged");
});

siteTest("--after learns what needs a person", async (site) => {
  await writeTree(site.source, { "readable": "content", "secret": "content" });
  await Deno.chmod(join(site.source, "secret"), 0o000);
  const after = ["--after", noting(site, "noted")];
  const { code, stderr } = await site.run([...after, site.source, site.destination]);
  const { RRB_STATUS, RRB_WARNINGS } = await noted(site, "noted");
  assertEquals([code, RRB_STATUS], [3, "3"]);
  assertEquals(stderr, `roundrobinbackup: ${RRB_WARNINGS}\n`);
}, ["unprivileged"]);

siteTest("an --after that fails: the archive is made, status 3", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const after = ["--after", "echo not reached >&2; exit 6", "--on-failure", noting(site, "noted")];
  assertEquals(await site.run([...after, site.source, site.destination]), {
    code: 3,
    stdout: "",
    stderr: `roundrobinbackup: The archive in "${site.destination}" was made, but the --after ` +
      "command failed (status 6): not reached\n",
  });
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
  assertEquals(await exists(site.path("noted")), false);
});

for (
  const [title, options, status, error] of [
    ["a failed --before", ["--before", "exit 9"], 1, /--before command failed \(status 9\)/],
    ["an empty SOURCE", [], 1, /is empty/],
    ["a host that cannot be reached", ["--retries", "0", "-p", "1"], 75, /Cannot reach/],
  ] as const
) {
  siteTest(`--on-failure learns the reason and the status of ${title}`, async (site) => {
    if (title !== "an empty SOURCE") await writeTree(site.source, { "file": "content" });
    const target = status === 75 ? "127.0.0.1:/srv" : site.destination;
    const hooks = ["--after", noting(site, "after"), "--on-failure", noting(site, "noted")];
    const { code, stderr } = await site.run([...hooks, ...options, site.source, target]);
    const { RRB_HOOK, RRB_STATUS, RRB_ERROR } = await noted(site, "noted");
    assertEquals([code, RRB_HOOK, RRB_STATUS], [status, "on-failure", String(status)]);
    assertMatch(RRB_ERROR ?? "", error);
    assertEquals(stderr, `roundrobinbackup: ${RRB_ERROR}\n`);
    assertEquals(await exists(site.path("after")), false);
  });
}

siteTest(
  "an --on-failure that fails is told of; the run's own error and status stay",
  async (site) => {
    const hook = ["--on-failure", "echo cannot mail >&2; false"];
    const { code, stderr } = await site.run([...hook, site.source, site.destination]);
    assertEquals(code, 1);
    assertMatch(stderr, /: the --on-failure command failed \(status 1\): cannot mail\n.* is empty/);
  },
);

/** Ends a run by a signal once a file of the site is there; gives how the run ended. */
async function stopped(
  site: Site,
  { args, begun, signal }: { args: readonly string[]; begun: string; signal: "SIGINT" | "SIGTERM" },
): Promise<{ code: number; stderr: string }> {
  const [program = "", ...words] = await site.programArgv();
  await using child = new Deno.Command(program, {
    args: [...words, ...args, site.source, site.destination],
    clearEnv: true,
    env: await site.environment([site.path("bin")]),
    stderr: "piped",
  }).spawn();
  await until("the run has come so far", () => exists(site.path(begun)));
  child.kill(signal);
  const { code, stderr } = await child.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

siteTest(
  "SIGTERM ends --before with all that it started; --on-failure still runs",
  async (site) => {
    await writeTree(site.source, { "file": "content" });
    const before = `touch '${site.path("begun")}'; sleep 1000.0 '${site.directory}' & sleep 1000`;
    const args = ["--before", before, "--on-failure", noting(site, "noted")];
    const { code, stderr } = await stopped(site, { args, begun: "begun", signal: "SIGTERM" });
    assertEquals(code, 143, stderr);
    assertEquals((await noted(site, "noted"))["RRB_STATUS"], "143");
    await site.assertNothingLeft();
  },
  ["root"],
);

siteTest("--splay waits before anything else, and Ctrl-C ends the wait", async (site) => {
  await writeTree(site.source, { "file": "content" });
  // The name of the host is the last that the program asks for before it waits.
  const uname = `#!/bin/sh\ntouch '${site.path("asked")}'; exec /usr/bin/uname "$@"\n`;
  await Deno.mkdir(site.path("bin"));
  await Deno.writeTextFile(site.path("bin", "uname"), uname, { mode: 0o755 });
  const args = ["--splay", "24h", "--before", noting(site, "noted")];
  const { code, stderr } = await stopped(site, { args, begun: "asked", signal: "SIGINT" });
  assertEquals(code, 130, stderr);
  assertStringIncludes(stderr, "Stopped by SIGINT");
  assertEquals(await exists(site.path("noted")), false);
}, ["root"]);

siteTest("--noop shows the commands in their places and runs none", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const hooks = ["--before", `touch '${site.path("run")}'`, "--after", "echo 'it is' done"];
  const options = [...hooks, "--splay", "1h", "--noop"];
  const { code, stdout } = await site.run([...options, site.source, site.destination]);
  assertEquals(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assertStringIncludes(lines[0] ?? "", "--splay");
  assertStringIncludes(lines[1] ?? "", "touch");
  assertEquals(lines.at(-1), `sh -c 'echo '\\''it is'\\'' done'`);
  assertEquals(await exists(site.path("run")), false);
});

siteTest("--splay of a second is no delay at all: the backup is made", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const outcome = await site.run(["--splay", "1s", site.source, site.destination]);
  assertEquals(outcome, SILENT_SUCCESS);
});
