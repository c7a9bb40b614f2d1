import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import type { Outcome } from "../support/command.ts";
import { remoteTest } from "../support/site.ts";
import { freePort } from "../support/sshd.ts";
import { namesIn, writeTree } from "../support/tree.ts";

/** Fails unless a run said what is wrong in one line, and nothing else. */
function assertOneLine({ stdout, stderr }: Outcome, ...parts: string[]): void {
  assertEquals(stdout, "");
  assertMatch(stderr, /^roundrobinbackup: [^\n]+\n$/);
  for (const part of parts) assertStringIncludes(stderr, part);
}

remoteTest("a wrong key: status 1, one line, nothing made", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const options = ["-p", String(server.port), "-i", server.strangeIdentityFile];
  const outcome = await remote.run([...options, site.source, remote.remote(site.destination)]);
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, `${site.account.name}@${server.host}`, "Permission denied", "key");
  assert(!(await namesIn(site.directory)).includes("destination"));
  await remote.assertNothingLeft();
});

remoteTest("an unknown host key: status 1, one line, no prompt", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const outcome = await remote.run(
    [...remote.options, site.source, remote.remote(site.destination)],
    { path: [server.strangerBin] },
  );
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, server.host, "Host key verification failed", "known_hosts");
  assertEquals(await Deno.readTextFile(join(server.strangerBin, "known_hosts")), "");
  await remote.assertNothingLeft();
});

remoteTest("an unknown host key on a terminal: ssh asks nothing there either", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const argv = [
    ...[...await site.programArgv(), ...remote.options],
    ...[site.source, remote.remote(site.destination)],
  ];
  const command = argv.map((word) => `'${word}'`).join(" ");
  // script(1) gives it a terminal.
  const { code, stdout } = await site.command(["script", "-qec", command, "/dev/null"], {
    path: [server.strangerBin],
  });
  assertEquals(code, 1);
  assertStringIncludes(stdout, "Host key verification failed");
}, ["unprivileged"]);

remoteTest("a changed host key: status 1, one line", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const other = await Deno.readTextFile(`${server.strangeIdentityFile}.pub`);
  const known = join(server.strangerBin, "known_hosts");
  await Deno.writeTextFile(known, `[${server.host}]:${server.port} ${other}`);
  const outcome = await remote.run(
    [...remote.options, site.source, remote.remote(site.destination)],
    { path: [server.strangerBin] },
  );
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, server.host, "known_hosts");
});

remoteTest("a closed port: status 75, one line", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const options = ["-p", String(freePort()), "-i", server.identityFile];
  const outcome = await remote.run([...options, site.source, remote.remote(site.destination)]);
  assertEquals(outcome.code, 75, outcome.stderr);
  assertOneLine(outcome, server.host, "Connection refused");
  await remote.assertNothingLeft();
});

remoteTest("a host that has no address: status 75, one line", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  const outcome = await remote.run([...remote.options, site.source, "no-such-host.invalid:/x"]);
  assertEquals(outcome.code, 75, outcome.stderr);
  assertOneLine(outcome, "no-such-host.invalid");
});

remoteTest("a missing source: status 1, nothing made there", async (remote) => {
  const { site } = remote;
  const source = site.path("missing");
  const outcome = await remote.run([...remote.options, source, remote.remote(site.destination)]);
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, source, "does not exist");
  assert(!(await namesIn(site.directory)).includes("destination"));
});

remoteTest("a missing source: what is there stays as it is", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  assertEquals((await remote.backup()).code, 0);
  await Deno.rename(site.source, site.path("unmounted"));
  const before = await site.stateOf(site.destination);
  assertEquals((await remote.backup()).code, 1);
  assertEquals(await site.stateOf(site.destination), before);
});

remoteTest("an empty source: status 1, what is there stays as it is", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  assertEquals((await remote.backup()).code, 0);
  await Deno.remove(join(site.source, "file"));
  const before = await site.stateOf(site.destination);
  const outcome = await remote.backup();
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, "is empty", "--allow-empty");
  assertEquals(await site.stateOf(site.destination), before);
});

remoteTest("a missing identity file: status 2, named in full", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  const operands = [site.source, remote.remote(site.destination)];
  const outcome = await remote.run(["-i", "no/such/key", ...operands], { cwd: site.directory });
  assertEquals(outcome.code, 2);
  assertOneLine(outcome, "--ssh-identity-file", site.path("no/such/key"));
});

remoteTest("a destination that cannot be made: status 1, one line", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  await Deno.writeTextFile(site.destination, "a file\n");
  const outcome = await remote.backup();
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, site.destination, "Not a directory");
  assertEquals(await Deno.readTextFile(site.destination), "a file\n");
  await remote.assertNothingLeft();
});

remoteTest("a destination without tar: status 1, the earlier archive stays", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  assertEquals((await remote.backup()).code, 0);
  const before = await Deno.readFile(join(site.destination, TODAYS_ARCHIVE));
  await writeTree(site.source, { "new": "content" });
  await server.setRemotePath(await site.programs({ tar: undefined }));
  const outcome = await remote.backup();
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, "tar");
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
  assertEquals(await Deno.readFile(join(site.destination, TODAYS_ARCHIVE)), before);
  await remote.assertNothingLeft();
});

remoteTest("a destination without rsync: status 1, one line that says so", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  await server.setRemotePath(await site.programs({ rsync: undefined }));
  const outcome = await remote.backup();
  assertEquals(outcome.code, 1);
  assertOneLine(outcome, "rsync");
  assertEquals(await archivesIn(site.destination), []);
  await remote.assertNothingLeft();
});

remoteTest("a connection lost while packing: status 75, no dated archive", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  // What starts a script there is the process that serves the connection.
  const tar = "kill -KILL $(ps -o ppid= -p $PPID)";
  await server.setRemotePath(await site.programs({ tar }));
  const outcome = await remote.backup();
  assertEquals(outcome.code, 75, outcome.stderr);
  assertOneLine(outcome, `${site.account.name}@${server.host}`);
  assertEquals(await archivesIn(site.destination), []);
  await remote.assertNothingLeft();
});

remoteTest("a run after a failed one needs no hand", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  await server.setRemotePath(await site.programs({ tar: "echo no space >&2; exit 2" }));
  const failed = await remote.backup();
  assertEquals(failed.code, 1);
  assertOneLine(failed, "no space");
  assertEquals(await archivesIn(site.destination), []);
  await server.setRemotePath("/usr/bin:/bin");
  assertEquals(await remote.backup(), { code: 0, stdout: "", stderr: "" });
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
  await remote.assertNothingLeft();
});
