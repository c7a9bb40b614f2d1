import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { HELP_HINT, helpText } from "../../lib/help.ts";
import { COMMANDS, optionEntries } from "../../lib/options.ts";

/** The option's name or short form as a word of its own. */
function word(option: string): RegExp {
  return new RegExp(`(?<![\\w-])${option}(?![\\w-])`);
}

for (const command of COMMANDS) {
  Deno.test(`help of ${command}: at most 80 columns, no line ends in a space`, () => {
    for (const line of helpText(command).split("\n")) {
      assert(line.length <= 80, `${line.length} columns: ${line}`);
      assertNotMatch(line, /\s$/);
    }
  });

  Deno.test(`help of ${command}: names every option that it takes, in all forms`, () => {
    const text = helpText(command);
    for (const [, { names, short, value, commands }] of optionEntries()) {
      if (!commands.includes(command)) continue;
      const forms = [...short === undefined ? [] : [`-${short}`], ...names.map((n) => `--${n}`)];
      const line = text.split("\n").find((each) => each.startsWith(`  ${forms.join(", ")}`));
      assert(line !== undefined, `no line for ${forms.join(", ")}`);
      assertEquals(line.includes(` ${value?.label}`), value !== undefined, line);
    }
  });

  Deno.test(`help of ${command}: names no option of another command`, () => {
    for (const [, { names, commands }] of optionEntries()) {
      if (commands.includes(command)) continue;
      for (const name of names) assertNotMatch(helpText(command), word(`--${name}`));
    }
  });

  Deno.test(`help of ${command}: starts with its usage and says what a DESTINATION is`, () => {
    const text = helpText(command);
    const usage = command === "backup" ? "\\[OPTIONS\\] SOURCE" : `${command} \\[OPTIONS\\]`;
    assertMatch(text, new RegExp(`^Usage: roundrobinbackup ${usage}`));
    assertMatch(text, word("DESTINATION"));
    for (const form of ["[user@]host:/path", "ssh://[user@]host[:port]/path", "./a:b"]) {
      assertStringIncludes(text, form);
    }
  });

  Deno.test(`help of ${command}: tells the defaults`, () => {
    const text = helpText(command).replaceAll(/\s+/g, " ");
    const defaults = { days: "6", weeks: "5", months: "6", years: "10" };
    for (const [name, value] of Object.entries(defaults)) {
      assertMatch(text, new RegExp(`--${name} N [^-]*Default: ${value}\\.`));
    }
    assertMatch(text, /--rsync-dir DIR [^-]*Default: latest\./);
    assertMatch(text, /--backup-prefix TEXT [^-]*Default: automated-backup-\./);
    assertMatch(text, /--ssh-port PORT [^-]*Default: 22\b/);
  });
}

Deno.test("help of the program: names the other commands and the exit statuses", () => {
  const text = helpText("backup");
  for (const command of COMMANDS.filter((name) => name !== "backup")) {
    assertMatch(text, new RegExp(`^ +roundrobinbackup ${command} \\[OPTIONS\\]`, "m"));
  }
  for (const status of [0, 1, 2, 3, 75]) assertMatch(text, new RegExp(`^  ${status} +\\w`, "m"));
});

Deno.test("help: a usage error points to it", () => {
  assertStringIncludes(HELP_HINT, "--help");
});
