import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { until } from "../support/command.ts";
import { PuppetMachine, puppetString, systemdRuns } from "../support/puppet.ts";

const IGNORE = !await systemdRuns();
const BINARY = Deno.env.get("RRB_PROGRAM") ??
  fromFileUrl(new URL("../../dist/roundrobinbackup", import.meta.url));
const SERVER = "class { 'roundrobinbackup': server => 'backup.example.com' }\n";
const TIMER = "roundrobinbackup-www.timer";
const SERVICE = "roundrobinbackup-www.service";

/** A test on a machine whose first process is systemd. */
function systemdTest(
  name: string,
  test: (machine: PuppetMachine) => Promise<void>,
  program?: string,
) {
  Deno.test({
    name,
    ignore: IGNORE,
    fn: async () => {
      await using machine = await PuppetMachine.open({
        systemd: true,
        ...(program === undefined ? {} : { program }),
      });
      await test(machine);
    },
  });
}

async function show(machine: PuppetMachine, unit: string, property: string): Promise<string> {
  return (await machine.output(["systemctl", "show", "--value", "-p", property, unit])).trim();
}

systemdTest("the timer runs, is enabled, and takes a new time", async (machine) => {
  const at = (hour: number) =>
    `${SERVER}backup { 'www': scheduler => 'systemd', minute => 7, hour => ${hour} }`;
  await machine.converge(at(3));
  assertEquals(await show(machine, TIMER, "ActiveState"), "active");
  assertEquals(await show(machine, TIMER, "UnitFileState"), "enabled");
  assertMatch(await show(machine, TIMER, "TimersCalendar"), /OnCalendar=\*-\*-\* 03:07:00 /);
  assertEquals(await show(machine, TIMER, "Persistent"), "yes");
  await machine.converge(at(4));
  assertMatch(await show(machine, TIMER, "TimersCalendar"), /OnCalendar=\*-\*-\* 04:07:00 /);
  assertEquals(await show(machine, SERVICE, "ActiveState"), "inactive");
});

systemdTest("a timer that was stopped or disabled is put right", async (machine) => {
  const manifest = `${SERVER}backup { 'www': scheduler => 'systemd' }`;
  await machine.converge(manifest);
  await machine.output(["systemctl", "disable", "--now", TIMER]);
  await machine.converge(manifest);
  assertEquals(await show(machine, TIMER, "ActiveState"), "active");
  assertEquals(await show(machine, TIMER, "UnitFileState"), "enabled");
});

systemdTest("a changed service is what the next run reads", async (machine) => {
  const kept = (days: number) =>
    `${SERVER}backup { 'www': scheduler => 'systemd', days => ${days} }`;
  await machine.converge(kept(3));
  await machine.converge(kept(4));
  assertEquals(await show(machine, SERVICE, "NeedDaemonReload"), "no");
  assertMatch(await show(machine, SERVICE, "ExecStart"), /--days=4/);
});

systemdTest("from cron to systemd and back: each time the other one is gone", async (machine) => {
  const by = (scheduler: string) => `${SERVER}backup { 'www': scheduler => '${scheduler}' }`;
  await machine.converge(by("cron"));
  await machine.converge(by("systemd"));
  assertEquals(await machine.crontab(), []);
  await machine.converge(by("cron"));
  assertEquals((await machine.crontab()).length, 2);
  assertEquals(await show(machine, TIMER, "LoadState"), "not-found");
  const { stdout } = await machine.outcome(["find", "/etc/systemd", "-name", "roundrobin*"]);
  assertEquals(stdout, "");
});

systemdTest("ensure absent stops the timer and leaves no unit", async (machine) => {
  await machine.converge(`${SERVER}backup { 'www': scheduler => 'systemd' }`);
  await machine.converge(`${SERVER}backup { 'www': ensure => 'absent', scheduler => 'systemd' }`);
  assertEquals(await show(machine, TIMER, "LoadState"), "not-found");
  assertEquals(await show(machine, TIMER, "ActiveState"), "inactive");
  const { stdout } = await machine.outcome(["find", "/etc/systemd", "-name", "roundrobin*"]);
  assertEquals(stdout, "");
});

systemdTest(
  "names and commands come to the program as they are in the manifest",
  async (machine) => {
    const words = [
      "two  words",
      "it's",
      'say "hi"',
      "50% %n %%",
      "$HOME ${HOME} $$",
      "*.git* [a-z]",
      "back\\slash \\n \\",
      "`id`; exit 1 # | & < >",
      "Grüße",
    ];
    const hook = "first line\n\tsecond 'line' \\";
    await machine.output(["mkdir", "/srv/out"]);
    await machine.converge(`${SERVER}backup { 'www':
    scheduler => 'systemd', source => ${puppetString("/srv/a b%$c\"'")},
    excludes => [${words.map(puppetString)}], hook_before => ${puppetString(hook)},
    environment => { 'ARGUMENTS' => '/srv/out/arguments' }, read_write_paths => ['/srv/out'] }`);
    await machine.output(["systemctl", "start", SERVICE]);
    const seen = (await machine.text("/srv/out/arguments")).split("\0");
    assertEquals(seen[0], "/srv/a b%$c\"'");
    for (const word of words) assert(seen.includes(`--exclude=${word}`), word);
    assert(seen.includes(`--before=${hook}`));
  },
);

systemdTest(
  "the sandbox: it reads what root reads, and writes where it may alone",
  async (machine) => {
    await machine.output([
      "sh",
      "-c",
      "mkdir /srv/www /srv/out; echo secret >/srv/www/file; chmod 0 /srv/www/file",
    ]);
    await machine.write(
      "/srv/program",
      "#!/bin/sh\ncat /srv/www/file\ntouch /etc/x /srv/x /home/x /usr/x /srv/out/x\n" +
        "chown 1 /srv/out/x\ngrep -E '^(NoNewPrivs|Seccomp|CapEff):' /proc/self/status\ntrue\n",
      { mode: 0o755 },
    );
    await machine.converge(`class { 'roundrobinbackup': server => 'a', source => '/srv/program' }
    backup { 'www': scheduler => 'systemd', read_write_paths => ['/srv/out'] }`);
    await machine.output(["mkdir", "-p", "/etc/systemd/system/" + SERVICE + ".d"]);
    await machine.write(
      `/etc/systemd/system/${SERVICE}.d/out.conf`,
      "[Service]\nStandardOutput=file:/srv/out/log\nStandardError=file:/srv/out/log\n",
    );
    await machine.output(["systemctl", "daemon-reload"]);
    await machine.output(["systemctl", "start", SERVICE]);
    const log = await machine.text("/srv/out/log");
    assertMatch(log, /^secret$/m);
    for (const path of ["/etc/x", "/srv/x", "/home/x", "/usr/x"]) {
      assert(log.includes(`cannot touch '${path}': Read-only file system`), log);
    }
    assertMatch(log, /changing ownership of '\/srv\/out\/x': Operation not permitted/);
    assertMatch(log, /^CapEff:\t0+4$/m);
    assertMatch(log, /^NoNewPrivs:\t1$/m);
    assertMatch(log, /^Seccomp:\t2$/m);
  },
);

systemdTest("two more capabilities let a hook act as another account", async (machine) => {
  const program = "#!/bin/sh\nrunuser -u nobody -- sh -c 'id -un' >/srv/out/account\n";
  await machine.output(["mkdir", "/srv/out"]);
  await machine.write("/srv/program", program, { mode: 0o755 });
  await machine.converge(`class { 'roundrobinbackup': server => 'a', source => '/srv/program' }
    backup { 'www': scheduler => 'systemd', read_write_paths => ['/srv/out'],
      capabilities => ['CAP_SETUID', 'CAP_SETGID'] }`);
  await machine.output(["systemctl", "start", SERVICE]);
  assertEquals(await machine.text("/srv/out/account"), "nobody\n");
});

systemdTest("the real binary makes an archive inside of the sandbox", async (machine) => {
  await machine.output([
    "sh",
    "-c",
    "mkdir -p /data/websites/www; echo content >/data/websites/www/file",
  ]);
  await machine.output(["chown", "-R", "1000:1000", "/data/websites/www"]);
  await machine.converge(`include roundrobinbackup
    roundrobinbackup::backup { 'www': scheduler => 'systemd', local_path => '/srv/my backups/www' }`);
  await machine.output(["systemctl", "start", SERVICE]);
  assertEquals(await show(machine, SERVICE, "Result"), "success");
  const [archive = ""] = (await machine.output(["ls", "/srv/my backups/www"])).split("\n");
  const listed = await machine.output([
    "tar",
    "--numeric-owner",
    "-tvf",
    `/srv/my backups/www/${archive}`,
  ]);
  assertMatch(listed, /^-rw-r--r-- 1000\/1000 .* latest\/file$/m);
}, BINARY);

systemdTest("a backup that fails, or that needs a person, is a failed unit", async (machine) => {
  for (const status of [1, 3, 75]) {
    await machine.write("/srv/program", `#!/bin/sh\nexit ${status}\n`, { mode: 0o755 });
    await machine.converge(`class { 'roundrobinbackup': server => 'a', source => '/srv/program' }
      backup { 'www': scheduler => 'systemd' }`);
    assertEquals((await machine.outcome(["systemctl", "start", SERVICE])).code, 1);
    assertEquals(await show(machine, SERVICE, "ActiveState"), "failed");
    assertEquals(await show(machine, SERVICE, "ExecMainStatus"), String(status));
  }
});

systemdTest("the timer starts the service when its time comes", async (machine) => {
  await machine.output(["mkdir", "/srv/out"]);
  const every = "minute => '*', hour => '*'";
  await machine.converge(`${SERVER}backup { 'www': scheduler => 'systemd', ${every},
    environment => { 'ARGUMENTS' => '/srv/out/arguments' }, read_write_paths => ['/srv/out'] }`);
  // A second after now instead of the next minute: what starts it is the timer all the same.
  await machine.write(
    `/etc/systemd/system/${TIMER}.d/soon.conf`,
    "[Timer]\nOnCalendar=*-*-* *:*:*\n",
  );
  await machine.output(["systemctl", "daemon-reload"]);
  await machine.output(["systemctl", "restart", TIMER]);
  await until("the backup was started", async () => {
    return (await machine.outcome(["test", "-s", "/srv/out/arguments"])).code === 0;
  });
});

/** What `systemd-analyze security` may say at most: 0 is closed, 10 is open. */
const EXPOSURE = { remote: 2.4, local: 2.9 };

Deno.test("the units are right for systemd-analyze, and exposed no more than stated", async () => {
  await using machine = await PuppetMachine.open();
  // Without systemd the service resource alone fails: the units are there.
  await machine.apply(`class { 'roundrobinbackup': server => 'a', scheduler => 'systemd' }
    backup { 'remote': splay => '30m' }
    roundrobinbackup::backup { 'local': local_path => ${puppetString('/mnt/a "b" 5% $c')} }`);
  for (const [name, exposure] of Object.entries(EXPOSURE)) {
    const unit = (kind: string) => `/etc/systemd/system/roundrobinbackup-${name}.${kind}`;
    const verify = ["systemd-analyze", "verify", unit("timer"), unit("service")];
    assertEquals(await machine.outcome(verify), { code: 0, stdout: "", stderr: "" });
    const security = ["systemd-analyze", "security", "--offline=true", "--no-pager"];
    await machine.output([...security, `--threshold=${exposure * 10}`, unit("service")]);
    const closed = await machine.outcome([...security, "--threshold=10", unit("service")]);
    assertEquals(closed.code, 1);
  }
});
