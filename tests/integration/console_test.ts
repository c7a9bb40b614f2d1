import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { siteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

for (const args of [["--help"], ["list", "--help"], ["plan", "--help"], ["-h"]]) {
  siteTest(`${args.join(" ")}: fits 80 columns`, async (site) => {
    const { code, stdout, stderr } = await site.run(args);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertMatch(stdout, /^Usage: roundrobinbackup /);
    assertEquals(stdout.split("\n").filter((line) => line.length > 80), []);
  }, ["unprivileged"]);
}

siteTest("--version: the program's and Deno's", async (site) => {
  const { code, stdout } = await site.run(["--version"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^roundrobinbackup \d+\.\d+\.\d+ \([^\n]*Deno \d+\.\d+\.\d+\)\n$/);
});

const WRONG: readonly (readonly [args: string[], ...parts: string[]])[] = [
  [[], "SOURCE", "DESTINATION"],
  [["source"], "DESTINATION"],
  [["source", "destination", "third"], "third"],
  [["--exclud", "x", "source", "destination"], "--exclud", "--exclude"],
  [["--days", "many", "source", "destination"], "--days", "many", "whole number"],
  [["--days=-1", "source", "destination"], "--days", "-1"],
  [["-p", "70000", "source", "destination"], "--ssh-port", "70000"],
  [["source", "destination", "-p"], "--ssh-port", "value"],
  [["list", "-n", "destination"], "list", "--noop"],
  [["plan", "--today=2026-02-30"], "--today", "2026-02-30", "YYYY-MM-DD"],
];

siteTest("a command line that cannot be meant: status 2, one line, nothing made", async (site) => {
  await writeTree(site.source, { "file": "content" });
  for (const [args, ...parts] of WRONG) {
    const { code, stdout, stderr } = await site.run(args, { cwd: site.directory });
    assertEquals({ code, stdout }, { code: 2, stdout: "" }, args.join(" "));
    assertMatch(stderr, /^roundrobinbackup: [^\n]+\n$/);
    for (const part of [...parts, "--help"]) assertStringIncludes(stderr, part);
  }
  assert(!(await namesIn(site.directory)).includes("destination"));
}, ["unprivileged"]);

siteTest("an empty value, as of an unset variable in a cron line: status 2", async (site) => {
  await writeTree(site.source, { "file": "content" });
  for (const option of ["--days", "--rsync-dir", "--ssh-identity-file", "--exclude", "-p"]) {
    for (const args of [[option, ""], [`${option}=`]]) {
      const { code, stderr } = await site.run([...args, "--", site.source, site.destination]);
      assertEquals(code, 2, args.join(" "));
      assertStringIncludes(stderr, 'Bad value ""');
    }
  }
}, ["unprivileged"]);

siteTest("standard output closed early, as by head: no trace, no hang", async (site) => {
  const program = await site.programArgv();
  // Far more than a pipe holds, to a reader that has gone away.
  const stdin = Array.from({ length: 20_000 }, (_, index) => `name number ${index}`).join("\n");
  const script = '{ "$@"; echo "status $?" >&2; } | head -1';
  const { stdout, stderr } = await site.command(
    ["sh", "-c", script, "sh", ...program, "plan", "--today=2026-11-22", "--archives=-"],
    { stdin },
  );
  assertMatch(stdout, /^Plan as of 2026-11-22[^\n]*\n$/);
  assertEquals(stderr, "status 0\n");
}, ["unprivileged"]);

siteTest("no PATH at all: one line that says what could not be found", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const { code, stderr } = await site.run([site.source, site.destination], {
    env: { PATH: "/nowhere" },
  });
  assertEquals(code, 1);
  assertMatch(stderr, /^roundrobinbackup: Cannot find the program "[a-z]+" in PATH[^\n]*\n$/);
}, ["root"]);

siteTest("a variable of the loader in the environment does no harm", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const env = { LD_LIBRARY_PATH: "/nowhere" };
  const outcome = await site.run([site.source, site.destination], { env });
  assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
}, ["unprivileged"]);

siteTest("on a terminal: one line of progress at a time, then a summary", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const argv = [...await site.programArgv(), site.source, site.destination];
  const line = argv.map((word) => `'${word}'`).join(" ");
  const { code, stdout } = await site.command(["script", "-qec", line, "/dev/null"]);
  assertEquals(code, 0);
  const shown = stdout.replaceAll("\r\n", "\n").split("\r\x1b[K");
  assertEquals(shown.slice(0, 2), ["", `Connecting to ${site.destination}`]);
  assertMatch(shown.at(-1) ?? "", /^Backed up [^\n]* made, 1 archive kept, 0 removed\n$/);
  assertEquals(shown.filter((each) => each.includes("\n")).length, 1);
}, ["unprivileged"]);
