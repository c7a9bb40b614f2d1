import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { archivesIn, letADayPass } from "../support/archives.ts";
import { type RemoteSite, remoteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** An ssh that notes each call, in front of the one that knows the server. */
async function countingSsh({ site, server }: RemoteSite): Promise<string> {
  const directory = site.path("counting");
  const script = `echo "$*" >>'${site.path("calls")}'; exec '${server.bin}/ssh' "$@"`;
  await writeTree(directory, { "ssh": `#!/bin/sh\n${script}\n` });
  await Deno.chmod(join(directory, "ssh"), 0o755);
  return directory;
}

/** The calls since the last look. */
async function calls({ site }: RemoteSite): Promise<string[]> {
  const text = await Deno.readTextFile(site.path("calls"));
  await Deno.remove(site.path("calls"));
  return text.split("\nroundrobinbackup").join("").trimEnd().split(/\n(?=-)/);
}

remoteTest(
  "one login carries a run, which talks to the host a handful of times",
  async (remote) => {
    const { site } = remote;
    await writeTree(site.source, { "file": "content" });
    const path = [await countingSsh(remote)];
    const backup = [...remote.options, site.source, remote.remote(site.destination)];
    assertEquals(await remote.run(backup, { path }), SILENT_SUCCESS);
    const first = await calls(remote);
    // Lock and greeting; rsync; pack and publish; state.
    assertEquals(first.length, 4);
    assertEquals(first.filter((call) => call.includes(" -M ")).length, 1);
    await letADayPass(site.destination);
    assertEquals(await remote.run(backup, { path }), SILENT_SUCCESS);
    // Lock and greeting; rsync; link; state: an unchanged day.
    assertEquals((await calls(remote)).length, 4);
    assertEquals((await archivesIn(site.destination)).length, 2);
    assertEquals(
      (await remote.run(["list", ...remote.options, backup.at(-1) ?? ""], { path })).code,
      0,
    );
    assertEquals((await calls(remote)).length, 1);
  },
  ["unprivileged"],
);

remoteTest("the socket of the connection goes, even when the program is killed", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  const begun = site.path("begun");
  await remote.server.setRemotePath(
    await site.programs({ tar: `echo begun >'${begun}'; exec sleep 30` }),
  );
  const script = `"$@" & program=$!; tries=0
    until [ -e "${begun}" ] || [ $((tries += 1)) -gt 400 ]; do sleep 0.05; done
    kill -KILL $program; wait $program`;
  const program = [...await site.programArgv(), ...remote.options];
  const operands = [site.source, remote.remote(site.destination)];
  const outcome = await site.command(["sh", "-c", script, "sh", ...program, ...operands], {
    path: [remote.server.bin],
  });
  assertEquals(outcome.code, 137);
  await remote.assertNothingLeft();
  await remote.server.setRemotePath("/usr/bin:/bin");
  assertEquals(await remote.backup(), SILENT_SUCCESS);
}, ["unprivileged"]);

remoteTest("--ssh-option and --ssh-config reach ssh", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const config = [
    `Port ${server.port}`,
    `IdentityFile ${server.identityFile}`,
    `UserKnownHostsFile ${server.bin}/known_hosts`,
  ];
  await writeTree(site.directory, { "config": `${config.join("\n")}\n` });
  const options = ["--ssh-config=config", "--ssh-option=IdentitiesOnly=yes"];
  const backup = [...options, site.source, remote.remote(site.destination)];
  // The plain ssh of the machine: all that it needs is in the file.
  const outcome = await site.run(backup, { cwd: site.directory });
  assertEquals(outcome, SILENT_SUCCESS);
  const shown = await site.run(["-n", ...backup], { cwd: site.directory });
  assertMatch(shown.stdout, /^ssh -F \S+\/config -o IdentitiesOnly=yes -o BatchMode=yes/);
  const missing = await site.run(["--ssh-config=nowhere", ...backup.slice(2)]);
  assertEquals(missing.code, 2);
  assertStringIncludes(missing.stderr, "--ssh-config");
}, ["unprivileged"]);
