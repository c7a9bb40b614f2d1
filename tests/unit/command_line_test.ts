import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseCommandLine } from "../../lib/command_line.ts";
import { UsageError } from "../../lib/errors.ts";
import {
  COMMANDS,
  optionEntries,
  type OptionKey,
  type OptionSpec,
  type OptionValues,
} from "../../lib/options.ts";

/** The operands and the given options of a backup's words, SOURCE and DESTINATION added. */
function optionsOf(...argv: string[]): OptionValues {
  return parseCommandLine([...argv, "--", "S", "D"]).options;
}

function assertRefused(argv: string[], ...parts: string[]): void {
  const { message } = assertThrows(() => parseCommandLine(argv), UsageError);
  for (const part of parts) assertStringIncludes(message, part, argv.join(" "));
}

/** A value that the option takes, other than its default. */
function sampleOf(spec: OptionSpec<unknown>): string {
  const sample = ["7", "2024-05-15", "text", "zstd"].find((text) =>
    spec.value?.parse(text) !== undefined
  );
  assert(sample !== undefined, `no sample for --${spec.names[0]}`);
  return sample;
}

/** The words that call a command with the option, in every form that there is. */
function formsOf(spec: OptionSpec<unknown>): string[][] {
  const long = spec.names.map((name) => `--${name}`);
  const short = spec.short === undefined ? [] : [`-${spec.short}`];
  if (spec.value === undefined) return [...long, ...short].map((form) => [form]);
  const value = sampleOf(spec);
  return [
    ...[...long, ...short].map((form) => [form, value]),
    ...[...long, ...short].map((form) => [`${form}=${value}`]),
    ...short.map((form) => [`${form}${value}`]),
  ];
}

for (const [key, spec] of optionEntries()) {
  Deno.test(`option --${spec.names.join(", --")}: every form gives the same, none its default`, () => {
    const command = spec.commands[0] ?? "backup";
    const words = command === "backup" ? [] : [command];
    const value = spec.value?.parse(spec.value === undefined ? "" : sampleOf(spec)) ?? true;
    for (const form of formsOf(spec)) {
      const line = parseCommandLine([...words, ...form, "--", "S", "D"]);
      assertEquals(line.options[key], spec.many === undefined ? value : [value], form.join(" "));
      assertEquals([...line.given], [key]);
    }
    const without = parseCommandLine([...words, "S", "D"]);
    assertEquals(without.options[key], spec.fallback);
    assertEquals([...without.given], []);
  });
}

Deno.test("options of 0.8.4: all names and short forms are kept", () => {
  const cases: [string[], OptionKey, unknown][] = [
    [["--debug"], "dryRun", true],
    [["--noop"], "dryRun", true],
    [["--dry-run"], "dryRun", true],
    [["-n"], "dryRun", true],
    [["-p", "2222"], "sshPort", 2222],
    [["--ssh-port", "2222"], "sshPort", 2222],
    [["-i", "/k"], "sshIdentityFile", "/k"],
    [["--ssh-identity-file", "/k"], "sshIdentityFile", "/k"],
    [["-E", "a", "b"], "exclude", ["a", "b"]],
    [["--exclude", "a", "b"], "exclude", ["a", "b"]],
    [["--rsync-dir", "mirror"], "rsyncDir", "mirror"],
    [["--backup-prefix", "www.example.com-"], "backupPrefix", "www.example.com-"],
    [["--days", "1"], "days", 1],
    [["--weeks", "2"], "weeks", 2],
    [["--months", "3"], "months", 3],
    [["--years", "0"], "years", 0],
  ];
  for (const [argv, key, value] of cases) assertEquals(optionsOf(...argv)[key], value);
});

Deno.test("options of 0.8.4: all defaults are kept", () => {
  const { rsyncDir, backupPrefix, days, weeks, months, years, exclude, dryRun } = optionsOf();
  assertEquals(
    { rsyncDir, backupPrefix, days, weeks, months, years, exclude, dryRun },
    {
      rsyncDir: "latest",
      backupPrefix: "automated-backup-",
      days: 6,
      weeks: 5,
      months: 6,
      years: 10,
      exclude: [],
      dryRun: false,
    },
  );
});

Deno.test("option: given twice, the last value counts", () => {
  assertEquals(optionsOf("--days", "1", "--days=2").days, 2);
  assertEquals(optionsOf("-p22", "--ssh-port", "23").sshPort, 23);
  assertEquals(optionsOf("-n", "--noop", "--debug").dryRun, true);
});

Deno.test("cluster: flags, then at most one option with its value", () => {
  assertEquals(optionsOf("-np22").sshPort, 22);
  assertEquals(optionsOf("-np22").dryRun, true);
  assertEquals(optionsOf("-np", "22").sshPort, 22);
  assertEquals(optionsOf("-nnE", "a", "b").exclude, ["a", "b"]);
  assertEquals(optionsOf("-nEa").exclude, ["a"]);
  assertEquals(optionsOf("-hn").help, true);
  assertEquals(optionsOf("-in").sshIdentityFile, "n");
  assertEquals(optionsOf("-in").dryRun, false);
});

Deno.test("value: whatever the text, it arrives unchanged", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.string({ unit: fc.constantFrom(..."-=no \n\t.,'\"\\$"), minLength: 1 }),
  );
  fc.assert(
    fc.property(text, text, (first, second) => {
      const { exclude } = optionsOf(`--exclude=${first}`, `-E=${second}`);
      assertEquals(exclude, [first, second]);
    }),
    { numRuns: 500 },
  );
});

Deno.test("value: an empty one is a value, never the default in disguise", () => {
  assertEquals(optionsOf("--backup-prefix=").backupPrefix, "");
  assertEquals(optionsOf("--backup-prefix", "").backupPrefix, "");
  for (const name of ["days", "ssh-port", "rsync-dir", "exclude", "anchor-date"]) {
    assertRefused([`--${name}=`, "S", "D"], `--${name}`, '""');
    assertRefused([`--${name}`, "", "S", "D"], `--${name}`, '""');
  }
});

Deno.test("unknown option: it is named, with the nearest name", () => {
  const cases: [string, string, string][] = [
    ["--exlude", "--exlude", "--exclude"],
    ["--exclude-from", "--exclude-from", "--exclude"],
    ["--weks=3", "--weks", "--weeks"],
    ["--day=3", "--day", "--days"],
    ["--backup-prefx", "--backup-prefx", "--backup-prefix"],
    ["--ssh_port", "--ssh_port", "--ssh-port"],
    ["--Noop", "--Noop", "--noop"],
    ["--versoin", "--versoin", "--version"],
  ];
  for (const [word, named, nearest] of cases) {
    assertRefused([word, "S", "D"], `no option ${named};`, `nearest is ${nearest}`);
  }
});

Deno.test("unknown option: what JavaScript objects have by nature is none either", () => {
  for (const name of ["constructor", "__proto__", "toString", "_", "no-noop", "no-days"]) {
    assertRefused([`--${name}`, "S", "D"], `no option --${name}`);
  }
});

Deno.test("unknown option: short ones are named, in a cluster too", () => {
  assertRefused(["-x", "S", "D"], "no option -x");
  assertRefused(["-nx", "S", "D"], "no option -x");
  assertRefused(["-nP22", "S", "D"], "no option -P");
  assertRefused(["-n22", "S", "D"], "no option -2");
});

Deno.test("missing value: the option is named, and what it takes", () => {
  const cases: [string[], string, string][] = [
    [["S", "D", "--days"], "--days", "a whole number from 0 to 99999"],
    [["S", "D", "-p"], "--ssh-port", "a whole number from 1 to 65535"],
    [["S", "D", "-np"], "--ssh-port", "a whole number from 1 to 65535"],
    [["--days", "--weeks", "3", "S", "D"], "--days", "a whole number"],
    [["--exclude", "-n", "S", "D"], "--exclude", "an rsync pattern"],
    [["S", "D", "--exclude"], "--exclude", "an rsync pattern"],
    [["--ssh-identity-file", "--", "S", "D"], "--ssh-identity-file", "a file name"],
    [["--anchor-date", "-n", "S", "D"], "--anchor-date", "YYYY-MM-DD"],
  ];
  for (const [argv, option, accepts] of cases) {
    assertRefused(argv, option, "needs a value", accepts);
  }
});

Deno.test("flag: it takes no value", () => {
  assertRefused(["--noop=yes", "S", "D"], "--noop", '"yes"', "no value");
  assertRefused(["--allow-empty=", "S", "D"], "--allow-empty", '""', "no value");
});

Deno.test("command: the first word is one only when it has a command's name", () => {
  const cases: [string[], string, string[]][] = [
    [["S", "D"], "backup", ["S", "D"]],
    [["list", "D"], "list", ["D"]],
    [["plan"], "plan", []],
    [["plan", "D"], "plan", ["D"]],
    [["--json", "list", "D"], "list", ["D"]],
    [["--days", "3", "plan", "D"], "plan", ["D"]],
    [["./list", "D"], "backup", ["./list", "D"]],
    [["S", "list"], "backup", ["S", "list"]],
    [["S", "restore"], "backup", ["S", "restore"]],
    [["backup", "D"], "backup", ["backup", "D"]],
    [["backup", "S", "D"], "backup", ["backup", "S", "D"]],
    [["List", "D"], "backup", ["List", "D"]],
    [["lis", "D"], "backup", ["lis", "D"]],
    [["-", "D"], "backup", ["-", "D"]],
    [[], "backup", []],
  ];
  for (const [argv, command, operands] of cases) {
    const line = parseCommandLine(argv);
    assertEquals([line.command, line.operands], [command, operands], argv.join(" "));
  }
});

Deno.test("command: an option of another command is refused, with the commands that take it", () => {
  assertRefused(["list", "--exclude", "x", "D"], "list", "--exclude", "backup");
  assertRefused(["plan", "-n", "D"], "plan", "--noop", "backup");
  assertRefused(["S", "D", "--json"], "backup", "--json", "list and plan");
  assertRefused(["list", "--today=2024-05-15", "D"], "list", "--today", "plan");
});

Deno.test("command: the name of one that is not built yet is not taken for a SOURCE", () => {
  const names = ["list", "restore", "verify", "plan", "status", "serve", "completions", "man"];
  const built: readonly string[] = COMMANDS;
  for (const name of names.filter((name) => !built.includes(name))) {
    assertRefused([name, "D"], `"${name}"`, `"./${name}"`);
    assertEquals(parseCommandLine([`./${name}`, "D"]).operands, [`./${name}`, "D"]);
  }
});

/** Each command line has the operands S and D and excludes a, b and c, in that order. */
function assertExcludes(...lines: string[]): void {
  for (const line of lines) {
    const { operands, options } = parseCommandLine(line.split(" "));
    assertEquals([operands, options.exclude], [["S", "D"], ["a", "b", "c"]], line);
  }
}

Deno.test("exclude: takes several words, up to the next option", () => {
  assertExcludes(
    "S D --exclude a b c",
    "S D --exclude a b c --days 3",
    "S D -n --exclude a b --days 3 --exclude c",
    "S D -E a -E b -E c",
    "S D -Ea --exclude=b -E c",
    "-E a -E b -E c -- S D",
    "-E a b c -n -- S D",
    "S -E a b c -- D",
  );
});

Deno.test("exclude: with a value in its own word it takes no further ones", () => {
  assertExcludes("-Ea -Eb --exclude=c S D", "-E a b -Ec S D", "-E a b --exclude=c S D");
  assertEquals(parseCommandLine(["--exclude=a", "S", "D", "T"]).operands, ["S", "D", "T"]);
});

Deno.test("exclude: leaves SOURCE and DESTINATION their two words, wherever they stand", () => {
  assertExcludes(
    "--exclude a b c S D",
    "-n --exclude a b c S D",
    "S --exclude a b c D",
    "S -n --exclude a b c D",
    "--exclude a b c S --days 3 D",
    "--exclude a b c S D --days 3",
    "--exclude a b c S D -n -p 22",
    "-E a -E b c S D",
    "-E a b -E c S D",
    "S -E a -E b c D",
    "-E a S -n D -E b -E c",
    "S D -E a -n -E b c",
  );
});

Deno.test("exclude: the last that has both words left over leaves both", () => {
  assertExcludes("--exclude a b S D -E c", "--exclude a S D --exclude b c");
});

Deno.test("exclude: leaves one word each where no single one has two to leave", () => {
  assertExcludes("--exclude a S --exclude b D -Ec", "-Ea -E b S -n -E c D");
});

Deno.test("end of options: what follows -- is an operand, whatever it starts with", () => {
  const line = parseCommandLine(["-n", "--", "-S", "--days=3"]);
  assertEquals([line.operands, line.options.days], [["-S", "--days=3"], 6]);
  assertEquals(parseCommandLine(["S", "--", "--", "-n"]).operands, ["S", "--", "-n"]);
});
