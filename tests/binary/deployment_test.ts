import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { outcomeOf, outputOf, until } from "../support/command.ts";
import { begunFile, endlessTar } from "../support/interruption.ts";
import { remoteTest, type Site, siteTest } from "../support/site.ts";
import { assertSameTree, extract, namesIn, writeTree, writeVariedTree } from "../support/tree.ts";

const REPOSITORY = fromFileUrl(new URL("../..", import.meta.url));
const BINARY = Deno.env.get("RRB_PROGRAM") ?? "";

/** The binary alone in a new directory, as Puppet lays it down. */
async function deployed(site: Site): Promise<string> {
  const directory = site.path("deployed");
  await Deno.mkdir(directory);
  const copy = join(directory, "roundrobinbackup");
  await Deno.copyFile(BINARY, copy);
  return copy;
}

remoteTest("copied alone, with cron's environment: a remote backup", async (remote) => {
  const { site, server } = remote;
  const binary = await deployed(site);
  await writeVariedTree(site.source);
  const path = [server.bin, "/usr/bin", "/bin"].join(":");
  const environment = ["env", "-i", `PATH=${path}`, `HOME=${site.account.home}`];
  const operands = [site.source, remote.remote(site.destination)];
  const { code, stdout, stderr } = await site.command(
    [...environment, binary, ...remote.options, ...operands],
    { cwd: site.path("deployed") },
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  // Without TZ the date is that of the machine's own time zone.
  const [archive = ""] = await archivesIn(site.destination);
  await extract(join(site.destination, archive), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
  assertEquals(await namesIn(site.path("deployed")), ["roundrobinbackup"]);
});

siteTest("with no environment at all it works: a PATH is built in", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const argv = ["env", "-i", await deployed(site), site.source, site.destination];
  assertEquals(await site.command(argv), { code: 0, stdout: "", stderr: "" });
  assertEquals((await archivesIn(site.destination)).length, 1);
});

siteTest("with LD_PRELOAD set it works, and the children do not get it", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const tar = `env >'${site.path("seen")}'; exec /usr/bin/tar "$@"`;
  const PATH = await site.programs({ tar });
  const env = { PATH, LD_PRELOAD: "libm.so.6", LD_BIND_NOW: "1", MYSQL_PWD: "secret" };
  const outcome = await site.run([site.source, site.destination], { env });
  assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
  const seen = await Deno.readTextFile(site.path("seen"));
  const names = seen.split("\n").flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
  const shells = ["OLDPWD", "PWD", "SHLVL", "_"];
  const passed = ["HOME", "LC_ALL", "PATH", "TMPDIR", "TZ"];
  assertEquals(names.filter((name) => !shells.includes(name)).sort(), passed);
});

siteTest("it writes no cache, and asks nothing", async (site) => {
  const { code, stderr } = await site.run(["plan", "--archives", "/proc/1/environ"]);
  assertEquals(code, 2);
  assertMatch(stderr, /^roundrobinbackup: Cannot read [^\n]*\n$/);
  assertEquals(await namesIn(site.temporary), []);
}, ["root"]);

siteTest("replaced while it runs, as Puppet does: the run finishes", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const binary = await deployed(site);
  const begun = begunFile(site);
  const wait = endlessTar(begun).replace("exit 2", 'exec /usr/bin/tar "$@"')
    .replace(/^while[^\n]*\n\s*echo part >"\$2";/, "");
  const PATH = await site.programs({ tar: wait });
  const running = site.command([binary, site.source, site.destination], { env: { PATH } });
  await until("tar runs", async () => (await namesIn(site.directory)).includes("begun"));
  await Deno.writeTextFile(`${binary}.new`, "another version");
  await Deno.rename(`${binary}.new`, binary);
  await Deno.remove(begun);
  assertEquals(await running, { code: 0, stdout: "", stderr: "" });
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
}, ["root"]);

siteTest("--version names version, commit and Deno", async (site) => {
  const { stdout } = await site.run(["--version"]);
  assertMatch(stdout, /^roundrobinbackup \d+\.\d+\.\d+ \(commit [0-9a-f-]+\S*, Deno [\d.]+\)\n$/);
}, ["root"]);

Deno.test("README: install by hand", async () => {
  const readme = await Deno.readTextFile(join(REPOSITORY, "README.md"));
  const [, block = ""] = /^```sh\nscripts\/build\n([^]*?)^```/m.exec(readme) ?? [];
  // In a /usr/local/bin that only this shell and its children see.
  const script = `set -e; mount -t tmpfs none /usr/local/bin; cd '${REPOSITORY}'\n${block}`;
  const stdout = await outputOf(["unshare", "-m", "sh", "-c", script]);
  assertMatch(stdout, /^[0-9a-f]{64} {2}dist\/roundrobinbackup\nroundrobinbackup \d[^\n]*\n$/);
});

Deno.test("two builds of one commit, in two places, are the same bytes", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const sums: string[] = [];
    for (const name of ["one", "another"]) {
      const clone = join(directory, name);
      await outputOf(["git", "clone", "-q", REPOSITORY, clone]);
      const tools = join(REPOSITORY, ".tools");
      await outcomeOf(["ln", "-s", tools, join(clone, ".tools")]);
      await outputOf([join(clone, "scripts/build")]);
      const built = join(clone, "dist/roundrobinbackup");
      sums.push((await outputOf(["sha256sum", built])).split(" ")[0] ?? "");
    }
    assertEquals(sums[0], sums[1]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
