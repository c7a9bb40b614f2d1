import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { TODAYS_ARCHIVE } from "../support/archives.ts";
import { remoteTest } from "../support/site.ts";
import { assertSameTree, extract, namesIn, writeOddNames, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

remoteTest("file names of any bytes come out of the archive as they went in", async (remote) => {
  const { site } = remote;
  await writeOddNames(site.source);
  assertEquals(await remote.backup(), SILENT_SUCCESS);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
});

const ODD_SOURCES = [
  "with space",
  'it\'s "quoted" & more; $(touch executed) `touch executed` $HOME',
  "new\nline",
  "*",
  "caf\u00e9 日本語 👩‍👩‍👧‍👦",
  "-rf",
  "--delete",
  "host:path",
  "back\\slash",
];

remoteTest("sources of any name are backed up, given by absolute path", async (remote) => {
  const { site } = remote;
  for (const [index, name] of ODD_SOURCES.entries()) {
    const source = site.path("sources", name);
    const destination = site.path(`destination-${index}`);
    await writeTree(source, { "file": name });
    const outcome = await remote.run([...remote.options, source, remote.remote(destination)]);
    assertEquals(outcome, SILENT_SUCCESS, `source ${JSON.stringify(name)}`);
    await extract(join(destination, TODAYS_ARCHIVE), site.path(`extracted-${index}`));
    await assertSameTree(join(site.path(`extracted-${index}`), "latest", name), source);
  }
}, ["unprivileged"]);

remoteTest("sources of odd names are backed up, given relative", async (remote) => {
  const { site } = remote;
  for (const [index, name] of ["-rf", "host:path", "--delete"].entries()) {
    await writeTree(site.path("sources", name), { "file": name });
    const destination = site.path(`destination-${index}`);
    const operands = ["--", name, remote.remote(destination)];
    const outcome = await remote.run([...remote.options, ...operands], {
      cwd: site.path("sources"),
    });
    assertEquals(outcome, SILENT_SUCCESS, `source ${JSON.stringify(name)}`);
    assertEquals(await namesIn(join(destination, "latest")), [name]);
  }
}, ["unprivileged"]);

const ODD_DESTINATIONS = [
  "with space",
  "it's",
  'a "quoted" one',
  "$(touch executed)",
  "`touch executed`",
  "$HOME ${PATH}",
  "a;touch executed",
  "a&touch executed|cat<b>c",
  "back\\slash",
  "caf\u00e9 日本語 👩‍👩‍👧‍👦",
  "cafe\u0301",
  "-rf",
  "--help",
  "host:path",
  "module::path",
  "~",
  "~root",
  "#comment",
  "{a,b}",
  "!x",
  " leading and trailing ",
  "tab\there",
];

remoteTest("destinations of any name are made and filled", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  await Deno.mkdir(site.path("destinations"));
  for (const name of ODD_DESTINATIONS) {
    const destination = site.path("destinations", name);
    const outcome = await remote.run([
      ...[...remote.options, site.source, remote.remote(destination)],
    ]);
    assertEquals(outcome, SILENT_SUCCESS, `destination ${JSON.stringify(name)}`);
    assertEquals(await namesIn(join(destination, "latest/source")), ["file"]);
  }
  assertEquals(await namesIn(site.path("destinations")), [...ODD_DESTINATIONS].sort());
  await remote.assertNothingLeft();
}, ["unprivileged"]);

remoteTest("a destination with every odd character in its name", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  const name = ` it's "a" $(touch executed) \`b\`; $HOME & {c,d} # ~ \\ é 日本 🏳️‍🌈 x:y `;
  const destination = site.path("destinations", name);
  const outcome = await remote.run([
    ...[...remote.options, site.source, remote.remote(destination)],
  ]);
  assertEquals(outcome, SILENT_SUCCESS);
  assertEquals(await namesIn(site.path("destinations")), [name]);
  assertEquals(await namesIn(join(destination, "latest/source")), ["file"]);
  const listed = await remote.run(["list", ...remote.options, remote.remote(destination)]);
  assertEquals({ code: listed.code, stderr: listed.stderr }, { code: 0, stderr: "" });
  assertMatch(listed.stdout, /automated-backup-.*\n1 archive, /);
});

remoteTest("an odd --rsync-dir and --backup-prefix are names, no more", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  const names = ["--rsync-dir=it's the $(touch executed) mirror", "--backup-prefix=-it's `x` "];
  assertEquals(await remote.backup(...names), SILENT_SUCCESS);
  const archive = TODAYS_ARCHIVE.replace("automated-backup-", "-it's `x` ");
  await extract(join(site.destination, archive), site.path("extracted"));
  await assertSameTree(
    site.path("extracted/it's the $(touch executed) mirror/source"),
    site.source,
  );
});

const REFUSED = ["new\nline", "*", "a?b", "[a-z]"];

remoteTest("a remote path that rsync could not carry is refused with a reason", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  for (const name of REFUSED) {
    const { code, stdout, stderr } = await remote.run([
      ...[...remote.options, site.source, remote.remote(site.path("refused", name))],
    ]);
    assertEquals({ code, stdout }, { code: 2, stdout: "" }, JSON.stringify(name));
    assertMatch(stderr, /Cannot use the destination .*(line break|expand)/s);
  }
  await remote.assertNothingLeft();
  assertEquals((await namesIn(site.directory)).includes("refused"), false);
});
