import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { until } from "../support/command.ts";
import { PuppetMachine } from "../support/puppet.ts";

const BINARY = Deno.env.get("RRB_PROGRAM") ??
  fromFileUrl(new URL("../../dist/roundrobinbackup", import.meta.url));
const CONFIG =
  "ListenAddress 127.0.0.1:22\nHostKey /srv/host_key\nPidFile /srv/sshd.pid\nUsePAM no\n" +
  "PasswordAuthentication no\n";

/** A machine that is client and server at once, with an sshd. */
async function openServer(): Promise<PuppetMachine> {
  const machine = await PuppetMachine.open({ program: BINARY });
  await machine.output(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/srv/host_key"]);
  await machine.write("/srv/sshd_config", CONFIG);
  await machine.output(["/usr/sbin/sshd", "-f", "/srv/sshd_config", "-E", "/srv/sshd_log"]);
  await until(
    "sshd listens",
    async () => (await machine.text("/srv/sshd_log")).includes("listening"),
  );
  await machine.write("/data/websites/project_name/index.html", "content");
  return machine;
}

/** The manifest of both sides; the server's key for clients is what the fact tells, in the second run. */
function bothSides(hostKey: string): string {
  return `class { 'roundrobinbackup': server => 'localhost', server_host_keys => ['${hostKey}'] }
    backup { 'project_name': }
    include roundrobinbackup::server
    $key = $facts.dig('roundrobinbackup', 'public_keys', 'id_ed25519')
    if $key { roundrobinbackup::server::client { 'self': keys => [$key] } }`;
}

Deno.test("the cron entry of a bare machine makes an archive, through ssh, with nobody asked", async () => {
  await using machine = await openServer();
  const hostKey = (await machine.text("/srv/host_key.pub")).trim();
  await machine.apply(bothSides(hostKey));
  await machine.converge(bothSides(hostKey));
  const command = (await machine.crontab()).at(-1)?.split(" ").slice(5).join(" ") ?? "";
  assertEquals(await machine.outcome(["sh", "-c", command]), { code: 0, stdout: "", stderr: "" });
  const directory = "/data/available-websites/project_name/backup";
  const names = (await machine.output(["ls", directory])).trim().split("\n");
  assertMatch(names[0] ?? "", /^automated-backup-\d{4}-\d\d-\d\d\.tar\.bzip2$/);
  const listed = await machine.output(["tar", "-tf", `${directory}/${names[0]}`]);
  assertEquals(listed, "latest/\nlatest/index.html\n");
  // Nothing of it was learnt on the way: the keys of the manifest are what counted.
  assertEquals((await machine.outcome(["test", "-e", "/root/.ssh/known_hosts"])).code, 1);
});

Deno.test("a host with another key than the pinned one is refused, though ssh knows it", async () => {
  await using machine = await openServer();
  const hostKey = (await machine.text("/srv/host_key.pub")).trim();
  await machine.output(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/srv/other_key"]);
  const other = (await machine.text("/srv/other_key.pub")).trim();
  await machine.write("/root/.ssh/known_hosts", `localhost,project_name ${hostKey}\n`);
  await machine.write("/etc/ssh/ssh_known_hosts", `localhost,project_name ${hostKey}\n`);
  await machine.apply(bothSides(other));
  await machine.converge(bothSides(other));
  const command = (await machine.crontab()).at(-1)?.split(" ").slice(5).join(" ") ?? "";
  const { code, stderr } = await machine.outcome(["sh", "-c", command]);
  assertEquals(code, 1);
  assertMatch(stderr, /host key/i);
});
