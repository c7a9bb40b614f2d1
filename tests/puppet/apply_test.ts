import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertChanged, PuppetMachine } from "../support/puppet.ts";

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlaceholderPlaceholder";
const CLIENT = "class { 'roundrobinbackup': server => 'backup.example.com', " +
  `server_host_keys => ['${HOST_KEY}'] }\n`;
const MINIMAL = `${CLIENT}backup { 'project_name': }\n`;
const PROGRAM = "/usr/local/bin/roundrobinbackup";

/** What a manifest of ours can leave on a machine. */
async function leftOn(machine: PuppetMachine): Promise<string> {
  const places = ["/etc/roundrobinbackup", PROGRAM, "/etc/systemd/system"];
  const find = ["find", ...places, "-name", "*roundrobin*", "-o", "-path", "*/roundrobin*/*"];
  const { stdout } = await machine.outcome(find);
  return stdout + (await machine.crontab()).join("\n");
}

Deno.test("two statements on a bare machine: binary, key, known host and cron entry", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge(MINIMAL);
  const modes = ["stat", "-c", "%a %U %n", PROGRAM, "/etc/roundrobinbackup/id_ed25519"];
  assertEquals(
    await machine.output(modes),
    `755 root ${PROGRAM}\n600 root /etc/roundrobinbackup/id_ed25519\n`,
  );
  assertEquals(
    await machine.text("/etc/roundrobinbackup/known_hosts_project_name"),
    `project_name ${HOST_KEY}\n`,
  );
  const [path, entry, ...others] = await machine.crontab();
  assertEquals(others, []);
  assertMatch(path ?? "", /^PATH=/);
  assertMatch(
    entry ?? "",
    /^[0-9]+ 2 \* \* \* \/usr\/local\/bin\/roundrobinbackup \/data\/websites\/project_name\/ deploy@backup\.example\.com:\/data\/available-websites\/project_name\/backup /,
  );
});

Deno.test("the fact tells the public key that was made, for the server", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge(MINIMAL);
  const key = (await machine.text("/etc/roundrobinbackup/id_ed25519.pub")).split(" ").slice(0, 2);
  const manifest = "notice($facts['roundrobinbackup']['public_keys']['id_ed25519'])";
  assert((await machine.apply(manifest)).stdout.includes(`: ${key.join(" ")}\n`));
});

Deno.test("--noop changes nothing", async () => {
  await using machine = await PuppetMachine.open();
  assertChanged(await machine.apply(MINIMAL, { noop: true }), 0);
  assertEquals(await leftOn(machine), "");
});

Deno.test("a binary that was tampered with is put right", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge(MINIMAL);
  const original = await machine.output(["sha256sum", PROGRAM]);
  await machine.output(["sh", "-c", `echo 'exit 0' >>${PROGRAM}; chmod 4777 ${PROGRAM}`]);
  await machine.converge(MINIMAL);
  assertEquals(await machine.output(["sha256sum", PROGRAM]), original);
  assertEquals(await machine.output(["stat", "-c", "%a", PROGRAM]), "755\n");
});

Deno.test("a source whose checksum is another one is not installed", async () => {
  await using machine = await PuppetMachine.open();
  await machine.write("/srv/binary", "#!/bin/sh\nexit 0\n");
  const [checksum = ""] = (await machine.output(["sha256sum", "/srv/binary"])).split(" ");
  const manifest = (sum: string) =>
    `class { 'roundrobinbackup': source => '/srv/binary', checksum_value => '${sum}' }`;
  const { code, stderr } = await machine.apply(manifest("0".repeat(64)));
  assertEquals(code & 4, 4);
  assertMatch(stderr, /checksum/i);
  assertEquals((await machine.outcome(["test", "-e", PROGRAM])).code, 1);
  await machine.converge(manifest(checksum));
  assertEquals(await machine.text(PROGRAM), "#!/bin/sh\nexit 0\n");
});

Deno.test("ensure absent leaves nothing but the keys, which others may use; purge_keys takes them", async () => {
  await using machine = await PuppetMachine.open();
  const absent = (purge: boolean) =>
    `class { 'roundrobinbackup': ensure => 'absent', purge_keys => ${purge} }
     backup { 'project_name': }
     roundrobinbackup::backup { 'other': local_path => '/srv/other' }`;
  await machine.converge(
    `${MINIMAL}roundrobinbackup::backup { 'other': local_path => '/srv/other' }`,
  );
  await machine.converge(absent(false));
  const keys = await leftOn(machine);
  assertEquals(keys.trim().split("\n").sort(), [
    "/etc/roundrobinbackup",
    "/etc/roundrobinbackup/id_ed25519",
    "/etc/roundrobinbackup/id_ed25519.pub",
  ]);
  await machine.converge(absent(true));
  assertEquals(await leftOn(machine), "");
});

Deno.test("one backup that is absent takes nothing from the others", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge(`${MINIMAL}backup { 'other': }`);
  await machine.converge(`${MINIMAL}backup { 'other': ensure => 'absent' }`);
  assertEquals((await machine.crontab()).length, 2);
  const files = await machine.output(["ls", "/etc/roundrobinbackup"]);
  assertEquals(files, "id_ed25519\nid_ed25519.pub\nknown_hosts_project_name\n");
});

Deno.test("what is taken out of the manifest is taken out of the crontab", async () => {
  await using machine = await PuppetMachine.open();
  const options = "environment => { 'MAILTO' => 'admin@example.com' }, weekday => 'mon-fri', " +
    "monthday => '*/2', month => [1, 7], minute => '*/15', days => 3";
  await machine.converge(`${CLIENT}backup { 'project_name': ${options} }`);
  const full = await machine.crontab();
  assert(full.includes("MAILTO=admin@example.com"));
  assertMatch(full.at(-1) ?? "", /^\*\/15 2 \*\/2 1,7 1-5 .* --days=3( |$)/);
  await machine.converge(MINIMAL);
  const rest = await machine.crontab();
  assertMatch(rest.join("\n"), /^PATH=[^\n]*\n\d+ 2 \* \* \* [^\n]*$/);
  assert(!rest.at(-1)?.includes("--days"));
});

Deno.test("the entry of the old module is replaced: no project is backed up twice", async () => {
  await using machine = await PuppetMachine.open();
  const command =
    "pre-backup.sh -p /data/websites/shop; roundrobinbackup.py /data/websites/shop/ x";
  await machine.converge(
    `cron { 'shop-backup-cron': command => '${command}', minute => 0, hour => 2 }`,
  );
  await machine.converge("backup { 'shop': backup_remote_server => 'old.example.com' }");
  const entries = (await machine.crontab()).filter((line) => !line.startsWith("PATH="));
  assertEquals(entries.length, 1);
  assertMatch(
    entries[0] ?? "",
    /^\d+ 2 \* \* \* \/usr\/local\/bin\/roundrobinbackup .*--ssh-port=2222/,
  );
});

Deno.test("a pre-backup.sh that the old module has left goes on being run", async () => {
  await using machine = await PuppetMachine.open();
  await machine.write("/usr/local/bin/pre-backup.sh", "#!/bin/sh\n", { mode: 0o755 });
  await machine.converge("backup { 'shop': backup_remote_server => 'old.example.com' }");
  const hook = "'--before=/usr/local/bin/pre-backup.sh -p /data/websites/shop'";
  assert((await machine.crontab()).at(-1)?.includes(hook));
});

Deno.test("as another account: its crontab, and a key that it can read", async () => {
  await using machine = await PuppetMachine.open();
  await machine.output(["useradd", "--create-home", "web"]);
  await machine.converge(`${CLIENT}backup { 'shop': local_user => 'web' }`);
  assertEquals((await machine.crontab("web")).length, 2);
  assertEquals(await machine.crontab("root"), []);
  const key = "/etc/roundrobinbackup/id_ed25519_web";
  const read = [
    "setpriv",
    "--reuid=web",
    "--regid=web",
    "--clear-groups",
    "ssh-keygen",
    "-y",
    "-f",
  ];
  assertMatch(await machine.output([...read, key]), /^ssh-ed25519 /);
});
