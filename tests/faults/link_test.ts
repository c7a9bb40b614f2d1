import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs/exists";
import { join } from "@std/path";
import { archivesIn, letADayPass, YESTERDAYS_ARCHIVE } from "../support/archives.ts";
import { type Outcome, until } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import { Namespace, startSshdInside } from "../support/namespace.ts";
import { type RemoteSite, remoteTest } from "../support/site.ts";
import { freePort } from "../support/sshd.ts";
import { writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** A destination with yesterday's archive, and something new to back up. */
async function backedUpYesterday(remote: RemoteSite): Promise<Custody> {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  assertEquals(await remote.backup(), SILENT_SUCCESS);
  await letADayPass(site.destination);
  await writeTree(site.source, { "file": "new content" });
  return await Custody.of(site.destination);
}

/** Fails unless the link's end is what the run says, and the next run needs no hand. */
async function assertLost(
  remote: RemoteSite,
  custody: Custody,
  { code, stdout, stderr }: Outcome,
): Promise<void> {
  assertEquals(stdout, "");
  assert(code === 75 || code === 1, `${code} ${stderr}`);
  assertMatch(stderr, /^roundrobinbackup: [^\n]+\n$/);
  assertStringIncludes(stderr, remote.server.host);
  await remote.assertNothingLeft();
  await custody.afterFault();
  assertEquals(await archivesIn(remote.site.destination), [YESTERDAYS_ARCHIVE]);
  await remote.server.setRemotePath("/usr/bin:/bin");
  assertEquals(await remote.backup(), SILENT_SUCCESS);
  await custody.afterCleanRun();
}

/** A program there that first ends the process that serves the connection. */
const DROPPING = `pid=$$
  until [ "$(ps -o comm= -p $pid)" = sshd ]; do pid=$(ps -o ppid= -p $pid | tr -d ' '); done
  kill -KILL $pid; sleep 0.3`;

for (
  const [program, step] of [["rsync", "the sync"], ["tar", "packing"], [
    "openssl",
    "the sum",
  ]] as const
) {
  remoteTest(`the link drops during ${step}: status 75, the host named`, async (remote) => {
    const custody = await backedUpYesterday(remote);
    const dropping = `${DROPPING}; exec /usr/bin/${program} "$@"`;
    await remote.server.setRemotePath(await remote.site.programs({ [program]: dropping }));
    const outcome = await remote.backup();
    if (program === "openssl") {
      // What is packed is published although nobody waits for it: that is no loss.
      assertEquals(outcome.code, 75);
      await remote.assertNothingLeft();
      await custody.afterFault();
      await remote.server.setRemotePath("/usr/bin:/bin");
      assertEquals(await remote.backup(), SILENT_SUCCESS);
      await custody.afterCleanRun();
    } else {
      assertEquals(outcome.code, 75, outcome.stderr);
      await assertLost(remote, custody, outcome);
    }
  }, ["root"]);
}

/** The server on a network of its own, which can be cut, with all that happens there. */
async function withLink(
  remote: RemoteSite,
  test: (link: { run: () => Promise<Outcome>; cut: () => Promise<void> }) => Promise<void>,
): Promise<void> {
  const { site, server } = remote;
  await using network = await Namespace.open("true");
  await using _sshd = await startSshdInside(network, remote);
  const options = [...remote.options, "--timeout=4", "--retries=0"];
  const argv = network.argv([
    ...[...await site.programArgv(), ...options],
    ...[site.source, remote.remote(site.destination)],
  ]);
  const drop = `nft add table inet cut
    nft add chain inet cut in '{ type filter hook input priority 0; policy drop; }'`;
  await test({
    run: () => site.command(argv, { path: [server.bin] }),
    cut: async () => {
      await network.output(["sh", "-ec", drop]);
    },
  });
}

for (const [program, step] of [["rsync", "the sync"], ["tar", "packing"]] as const) {
  remoteTest(`the link is dead during ${step}: the run ends, the host named`, async (remote) => {
    const { site, server } = remote;
    const custody = await backedUpYesterday(remote);
    const begun = site.path("begun");
    const waiting = `echo >'${begun}'; while [ -e '${begun}' ]; do sleep 0.05; done`;
    const blocked = `${waiting}; exec /usr/bin/${program} "$@"`;
    await server.setRemotePath(await site.programs({ [program]: blocked }));
    await withLink(remote, async ({ run, cut }) => {
      const ended = run();
      await until(`${step} has begun`, () => exists(begun));
      await cut();
      const outcome = await ended;
      // The other side has not noticed: its program ends once the server does.
      await Deno.remove(begun);
      assertEquals(outcome.code === 75 || outcome.code === 1, true, outcome.stderr);
      assertMatch(outcome.stderr, /^roundrobinbackup: [^\n]+\n$/);
      assertStringIncludes(outcome.stderr, server.host);
    });
    await until("nothing of the run is left", async () => {
      await site.assertNothingLeft();
      return true;
    });
    await custody.afterFault();
    await server.setRemotePath("/usr/bin:/bin");
    assertEquals(await remote.backup("--lock-wait=20"), SILENT_SUCCESS);
    await custody.afterCleanRun();
  }, ["root"]);
}

remoteTest("the link is dead from the start: status 75, the host named", async (remote) => {
  const custody = await backedUpYesterday(remote);
  await withLink(remote, async ({ run, cut }) => {
    await cut();
    await assertLost(remote, custody, await run());
  });
}, ["root"]);

/** An ssh in front of the fixture's own that counts how often it connects. */
async function countingSsh(
  remote: RemoteSite,
): Promise<{ path: string[]; count: () => Promise<number> }> {
  const { site, server } = remote;
  const [bin, attempts] = [site.path("counting"), site.path("attempts")];
  const script = `#!/bin/sh\necho attempt >>'${attempts}'; exec '${server.bin}/ssh' "$@"\n`;
  await Deno.mkdir(bin);
  await Deno.writeTextFile(join(bin, "ssh"), script, { mode: 0o755 });
  return {
    path: [bin],
    count: async () => (await Deno.readTextFile(attempts)).split("\n").length - 1,
  };
}

for (const retries of [0, 1, 2]) {
  remoteTest(
    `a refused connection with --retries=${retries}: so many more attempts`,
    async (remote) => {
      const { site, server } = remote;
      const custody = await backedUpYesterday(remote);
      const { path, count } = await countingSsh(remote);
      const options = ["-p", `${freePort()}`, "-i", server.identityFile, `--retries=${retries}`];
      const backup = [...options, site.source, remote.remote(site.destination)];
      const outcome = await remote.run(backup, { path });
      assertEquals(outcome.code, 75);
      assertStringIncludes(outcome.stderr, "Connection refused");
      assertEquals(await count(), 1 + retries);
      await assertLost(remote, custody, outcome);
    },
    ["root"],
  );
}

remoteTest("a refused key is not tried again", async (remote) => {
  const { site, server } = remote;
  const custody = await backedUpYesterday(remote);
  const { path, count } = await countingSsh(remote);
  const options = ["-p", `${server.port}`, "-i", server.strangeIdentityFile, "--retries=5"];
  const outcome = await remote.run([...options, site.source, remote.remote(site.destination)], {
    path,
  });
  assertEquals(outcome.code, 1);
  assertStringIncludes(outcome.stderr, "Permission denied");
  assertEquals(await count(), 1);
  await assertLost(remote, custody, outcome);
}, ["root"]);
