import { assert, assertEquals } from "@std/assert";
import { until } from "../support/command.ts";
import { PuppetMachine, puppetString } from "../support/puppet.ts";

const WORDS = [
  ".git*",
  "two  words",
  "it's",
  'say "hi"',
  "50%",
  "%",
  "100%%",
  "\\%",
  "\\\\%",
  "back\\slash",
  "two\\\\backslashes\\",
  "$HOME ${HOME} $(id)",
  "`id`",
  "a;b & c | d > e < f # g",
  "~root",
  "!history [a-z]? {1,2}",
  "-leading",
  "'",
  "Grüße",
];

/** The command of a crontab's line: what follows the five fields. */
function commandOf(line: string): string {
  return line.split(" ").slice(5).join(" ");
}

/**
 * What cron hands to the shell: up to the first bare percent sign, with `\%` as one. Some crons
 * read two backslashes as one besides, so a line has to mean the same in both.
 */
function undoneByCron(command: string, { pairs }: { pairs: boolean }): string {
  let undone = "";
  let escaped = false;
  for (const character of command) {
    if (escaped && (character === "%" || pairs && character === "\\")) {
      undone = undone.slice(0, -1) + character;
      escaped = false;
    } else if (character === "%") {
      return undone;
    } else {
      undone += character;
      escaped = !escaped && character === "\\";
    }
  }
  return undone;
}

Deno.test("the model of cron: a bare percent sign ends the command, an escaped one does not", () => {
  assertEquals(undoneByCron("date +\\%F % x", { pairs: false }), "date +%F ");
  assertEquals(undoneByCron("a\\\\b", { pairs: false }), "a\\\\b");
  assertEquals(undoneByCron("a\\\\b", { pairs: true }), "a\\b");
});

Deno.test("names and commands come through crontab, cron and sh as they are in the manifest", async () => {
  await using machine = await PuppetMachine.open();
  const source = "/srv/a 'b' 50% $c *";
  const [first, second] = [WORDS.slice(0, 10), WORDS.slice(10)];
  for (const words of [first, second]) {
    await machine.converge(`class { 'roundrobinbackup': server => 'backup.example.com' }
      roundrobinbackup::backup { 'www': source => ${
      puppetString(source)
    }, path => '/srv/50% of "it"/\\\\',
        excludes => [${words.map(puppetString)}], hook_before => ${
      puppetString("date +%F; echo 'x'\\")
    } }`);
    const command = commandOf((await machine.crontab()).at(-1) ?? "");
    for (const pairs of [false, true]) {
      const shell = ["sh", "-c", undoneByCron(command, { pairs })];
      const seen = (await machine.output(shell)).split("\0");
      assertEquals(
        seen.slice(0, -1),
        [
          source,
          'deploy@backup.example.com:/srv/50% of "it"/\\',
          ...words.map((word) => `--exclude=${word}`),
          "--before=date +%F; echo 'x'\\",
          "--ssh-identity-file=/etc/roundrobinbackup/id_ed25519",
        ].sort(byPlaceIn(seen)),
      );
    }
  }
});

/** The order of options is none of this test's business; that each is there once is. */
function byPlaceIn(seen: readonly string[]): (one: string, other: string) => number {
  return (one, other) => seen.indexOf(one) - seen.indexOf(other);
}

/** Starts a real cron two seconds before the next minute of its clock, until the job has run. */
async function runByCron(machine: PuppetMachine): Promise<string[]> {
  const cron = ["faketime", "-f", "@2026-01-01 02:59:58", "cron", "-f"];
  const [program = "", ...args] = machine.argv(cron);
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" })
    .spawn();
  // Ends with the machine too, but the next one of the test must be alone.
  await using _cron = {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await machine.outcome(["sh", "-c", "kill -9 $(cat /run/crond.pid); rm -f /run/crond.pid"]);
    },
  };
  await until("cron has run the job", async () => {
    return (await machine.outcome(["test", "-s", "/srv/arguments"])).code === 0;
  });
  const seen = (await machine.text("/srv/arguments")).split("\0").slice(0, -1);
  await machine.output(["rm", "/srv/arguments"]);
  return seen;
}

/** A backup that a real cron starts each minute, and that writes down its arguments. */
function everyMinute(parameters: string): string {
  return `class { 'roundrobinbackup': server => 'b' }
    roundrobinbackup::backup { 'www': minute => '*', hour => '*',
      environment => { 'ARGUMENTS' => '/srv/arguments' }, ${parameters} }`;
}

Deno.test("a real cron hands names and commands on as they are in the manifest", async () => {
  await using machine = await PuppetMachine.open();
  for (const words of [WORDS.slice(0, 10), WORDS.slice(10)]) {
    await machine.converge(everyMinute(`excludes => [${words.map(puppetString)}]`));
    const seen = await runByCron(machine);
    assertEquals(seen.filter((word) => word.startsWith("--exclude=")).length, words.length);
    for (const word of words) assert(seen.includes(`--exclude=${word}`), word);
  }
});

Deno.test("a real cron takes the longest entry that compiles; a longer one does not compile", async () => {
  await using machine = await PuppetMachine.open();
  const manifest = (length: number) => everyMinute(`hook_before => '${"x".repeat(length)}'`);
  await machine.converge(manifest(100));
  const { length } = commandOf((await machine.crontab()).at(-1) ?? "");
  const longest = 100 + 998 - length;
  await machine.converge(manifest(longest));
  assertEquals(commandOf((await machine.crontab()).at(-1) ?? "").length, 998);
  assert((await runByCron(machine)).includes(`--before=${"x".repeat(longest)}`));
  const { code, stderr } = await machine.apply(manifest(longest + 1));
  assertEquals(code, 1);
  assert(stderr.includes("998 bytes at most, this one has 999; put it into a script"), stderr);
});
