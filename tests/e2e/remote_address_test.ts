import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { remoteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

remoteTest("ssh://user@host:port/path says all of it", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const address = `ssh://${site.account.name}@${server.host}:${server.port}${site.destination}`;
  assertEquals(await remote.run(["-i", server.identityFile, site.source, address]), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
});

remoteTest("ssh:// with a port and --ssh-port with another one is refused", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const address = `ssh://${server.host}:${server.port}${site.destination}`;
  const outcome = await remote.run(["-p", String(server.port + 1), site.source, address]);
  assertEquals(outcome.code, 2);
  assertStringIncludes(outcome.stderr, `${server.port + 1}`);
});

remoteTest("without a user it is the account itself, as with ssh", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const address = `${server.host}:${site.destination}`;
  assertEquals(await remote.run([...remote.options, site.source, address]), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
});

remoteTest("a relative path is seen from the home directory there", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  // Up to the root and down again: the test writes nothing into the home directory.
  const up = site.account.home.split("/").filter((part) => part !== "").map(() => "..");
  for (const [index, start] of ["", "./", "~/"].entries()) {
    const path = `${start}${join(...up, site.path(`relative-${index}`))}`;
    const outcome = await remote.run([...remote.options, site.source, remote.remote(path)]);
    assertEquals(outcome, SILENT_SUCCESS, path);
    assertEquals(await archivesIn(site.path(`relative-${index}`)), [TODAYS_ARCHIVE]);
  }
});

remoteTest("relative source and identity file are seen from where it runs", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const options = ["-p", String(server.port), "-i", "sshd/identity"];
  const outcome = await remote.run([...options, "source", remote.remote(site.destination)], {
    cwd: site.directory,
  });
  assertEquals(outcome, SILENT_SUCCESS);
  assertEquals(await namesIn(join(site.destination, "latest/source")), ["file"]);
});

remoteTest(
  "a trailing slash on the source: its contents, without the directory",
  async (remote) => {
    const { site } = remote;
    await writeTree(site.source, { "file": "content" });
    const operands = [`${site.source}/`, remote.remote(`${site.destination}/`)];
    assertEquals(await remote.run([...remote.options, ...operands]), SILENT_SUCCESS);
    assertEquals(await namesIn(join(site.destination, "latest")), ["file"]);
  },
);

for (const name of [`it's "my" $(key) \\ ~`, "-i"]) {
  remoteTest(`an identity file named ${name}`, async (remote) => {
    const { site, server } = remote;
    await writeTree(site.source, { "file": "content" });
    await Deno.copyFile(server.identityFile, site.path(name));
    const operands = [site.source, remote.remote(site.destination)];
    const options = ["-p", String(server.port), `--ssh-identity-file=${name}`];
    const outcome = await remote.run([...options, ...operands], { cwd: site.directory });
    assertEquals(outcome, SILENT_SUCCESS);
  }, ["unprivileged"]);
}

// ssh itself would read %h and ${HOME} in the names of its files.
for (const name of ["100% %h", "${HOME}"]) {
  remoteTest(`an identity file named ${name} is refused: ssh would expand it`, async (remote) => {
    const { site, server } = remote;
    await writeTree(site.source, { "file": "content" });
    await Deno.copyFile(server.identityFile, site.path(name));
    const operands = [site.source, remote.remote(site.destination)];
    const outcome = await remote.run(["-i", site.path(name), ...operands]);
    assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code: 2, stdout: "" });
    assertStringIncludes(outcome.stderr, "ssh would expand");
  }, ["unprivileged"]);
}

remoteTest("host::module is refused: a daemon cannot pack archives", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  for (const address of [`${server.host}::module`, `rsync://${server.host}/module`]) {
    const outcome = await remote.run([...remote.options, site.source, address]);
    assertEquals(outcome.code, 2);
    assertStringIncludes(outcome.stderr, "daemon");
  }
});
