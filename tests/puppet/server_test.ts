import { assert, assertEquals } from "@std/assert";
import { PuppetMachine } from "../support/puppet.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlaceholderPlaceholder";
const SERVER = `class { 'roundrobinbackup::server': clients => {
  'web1' => { 'keys' => ['${KEY}1 root@web1', '${KEY}2'] },
  'web2' => { 'keys' => ['${KEY}3'], 'account' => 'web2', 'directory' => '/srv/far/web2', 'command' => 'echo "a b"; exit', 'from' => ['10.0.0.0/8'] },
  'web3' => { 'keys' => ['${KEY}4'], 'restrict' => false },
} }`;

/** The keys that an account lets in. */
async function keysOf(machine: PuppetMachine, account: string): Promise<string[]> {
  const text = await machine.text(`/home/${account}/.ssh/authorized_keys`);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).sort();
}

Deno.test("the server: accounts without a password, closed directories, restricted keys", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge(SERVER);
  assertEquals(await keysOf(machine, "deploy"), [
    `restrict ${KEY}1 roundrobinbackup-web1`,
    `restrict ${KEY}2 roundrobinbackup-web1-1`,
    `${KEY}4 roundrobinbackup-web3`,
  ]);
  assertEquals(await keysOf(machine, "web2"), [
    `restrict,from="10.0.0.0/8",command="echo \\"a b\\"; exit" ${KEY}3 roundrobinbackup-web2`,
  ]);
  const modes = ["stat", "-c", "%a %U %n", "/data/available-websites", "/srv/far/web2", "/srv/far"];
  assertEquals(
    await machine.output(modes),
    "700 deploy /data/available-websites\n700 web2 /srv/far/web2\n755 root /srv/far\n",
  );
  for (const account of ["deploy", "web2"]) {
    const [, password] = (await machine.output(["getent", "shadow", account])).split(":");
    assertEquals(password, "*");
  }
});

Deno.test("a client that is absent is let in no more, and its backups stay", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge(SERVER);
  await machine.write("/srv/far/web2/archive", "content");
  await machine.converge(SERVER.replaceAll("{ 'keys'", "{ 'ensure' => 'absent', 'keys'"));
  assertEquals([await keysOf(machine, "deploy"), await keysOf(machine, "web2")], [[], []]);
  assertEquals(await machine.text("/srv/far/web2/archive"), "content");
});

Deno.test("accounts are made on the machine of the test, not on the one that runs it", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge("class { 'roundrobinbackup::server': user => 'rrb-nobody-else' }");
  assert(!(await Deno.readTextFile("/etc/passwd")).includes("rrb-nobody-else"));
});
