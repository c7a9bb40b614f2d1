import { assertEquals } from "@std/assert";
import { testAccounts } from "../support/account.ts";
import { runProgram } from "../support/program.ts";
import { PuppetMachine } from "../support/puppet.ts";

/** A value for every parameter that is an option of the program. */
const PARAMETERS = {
  port: "22",
  identity: "'/k'",
  excludes: "['x']",
  days: "1",
  weeks: "1",
  months: "1",
  years: "1",
  anchor_date: "'2026-01-01'",
  day_of_week: "1",
  day_of_month: "1",
  month_of_year: "1",
  splay: "'1m'",
  hook_before: "'x'",
  hook_after: "'x'",
  hook_on_failure: "'x'",
  hook_timeout: "1",
  compress: "'xz'",
  compress_level: "1",
  always_archive: "true",
  bwlimit: "'1m'",
  nice: "true",
  rsync_options: "['-x']",
  ssh_options: "['Port=1']",
  ssh_config: "'/c'",
  retries: "1",
  timeout: "9",
  lock_wait: "1",
  require_mount: "'/m'",
  allow_empty: "true",
  accept_shrink: "true",
  max_prune: "1",
  no_prune: "true",
  rsync_dir: "'x'",
  backup_prefix: "'x'",
  dry_run: "true",
  verbose: "true",
};

/** Options that a program of the time of the module may not have yet. */
const COMING = ["after", "before", "hook-timeout", "on-failure", "splay"];
/** Options that make no backup. */
const ABOUT = ["help", "version"];

/** The options of `--help`: for each the names that it has. */
async function optionsOfTheProgram(): Promise<string[][]> {
  const account = (await testAccounts()).values().next().value;
  if (account === undefined) throw new Error("There is no account to run the program as");
  const { stdout } = await runProgram(["--help"], { account });
  const lines = stdout.split("\n").filter((line) => /^ {2}(-\w, )?--/.test(line));
  return lines.map((line) => [...line.matchAll(/--([a-z-]+)/g)].map(([, name]) => name ?? ""));
}

/** The options that the define puts into the crontab, given every parameter. */
async function optionsOfTheModule(): Promise<string[]> {
  await using machine = await PuppetMachine.open();
  const given = Object.entries(PARAMETERS).map(([name, value]) => `${name} => ${value},`);
  // In two halves: all together would be too long for a cron entry.
  const halves = [given.slice(0, 20), given.slice(20)];
  const backups = halves.map((half, index) =>
    `roundrobinbackup::backup { 'b${index}': ${half.join(" ")} }`
  );
  await machine.converge(`class { 'roundrobinbackup': server => 'a' }\n${backups.join("\n")}`);
  const lines = (await machine.crontab()).filter((line) => !line.startsWith("PATH="));
  return lines.flatMap((line) =>
    [...line.matchAll(/ '?--([a-z-]+)/g)].map(([, name]) => name ?? "")
  );
}

Deno.test("the module has a parameter for every option of the program, and for none that it lacks", async () => {
  const program = (await optionsOfTheProgram()).filter(([name = ""]) => !ABOUT.includes(name));
  const module = await optionsOfTheModule();
  assertEquals(program.length > 30, true);
  const missing = program.filter((names) => !names.some((name) => module.includes(name)));
  assertEquals(missing, []);
  const known = new Set([...program.flat(), ...COMING]);
  assertEquals(module.filter((name) => !known.has(name)), []);
});

Deno.test("extra_options reach the command line as they are, last", async () => {
  await using machine = await PuppetMachine.open();
  await machine.converge(`class { 'roundrobinbackup': server => 'a' }
    roundrobinbackup::backup { 'www': days => 3, extra_options => ['--new-option', 'a b'] }`);
  const line = (await machine.crontab()).at(-1) ?? "";
  assertEquals(line.endsWith(" --new-option 'a b'"), true, line);
});
