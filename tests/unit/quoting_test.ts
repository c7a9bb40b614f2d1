import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { rsyncShell, shellCommand, shellWord } from "../../lib/quoting.ts";

/**
 * The words that a POSIX shell reads in `line`, by the shell's own grammar: blanks, single
 * quotes and backslashes. Anything that a shell would expand or act on is an error.
 */
function posixWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? "";
    if (character === " ") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'") {
      const close = line.indexOf("'", index + 1);
      if (close < 0) throw new Error(`Unclosed quote in ${line}`);
      word = (word ?? "") + line.slice(index + 1, close);
      index = close;
    } else if (character === "\\") {
      word = (word ?? "") + (line[++index] ?? "");
    } else if (/[\s"$`&|;<>()*?\[\]#~!{}]/.test(character)) {
      throw new Error(`The shell would act on ${character} in ${line}`);
    } else {
      word = (word ?? "") + character;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** The words that rsync reads in the value of `-e` (main.c, do_cmd): no backslashes. */
function rsyncWords(line: string): string[] {
  const words: string[] = [];
  let index = 0;
  while (index < line.length) {
    if (line[index] === " ") {
      index++;
      continue;
    }
    let word = "";
    let quote = "";
    while (index < line.length && (line[index] !== " " || quote !== "")) {
      const character = line[index++] ?? "";
      if (quote === "" && (character === "'" || character === '"')) quote = character;
      else if (character !== quote) word += character;
      else if (line[index] === quote) word += line[index++];
      else quote = "";
    }
    words.push(word);
  }
  return words;
}

/** Words of any characters, those that shells know more often. */
const anyWord = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."'\"\\ $`*?[]~#!&|;<>(){}\n\t=-ab") }),
).filter((word) => !word.includes("\0"));
const anyWords = fc.array(anyWord, { minLength: 1, maxLength: 6 });

Deno.test("shell word: a plain one stays as it is", () => {
  for (const word of ["mkdir", "-p", "/srv/www", "a@host:/x,y", "LC_ALL=C", "100%", "a+b"]) {
    assertEquals(shellWord(word), word);
  }
});

Deno.test("shell word: any other is quoted", () => {
  const cases = {
    "": "''",
    " ": "' '",
    "a b": "'a b'",
    "it's": `'it'\\''s'`,
    "'": `''\\'''`,
    "$(reboot)": "'$(reboot)'",
    "`x`": "'`x`'",
    "a\nb": "'a\nb'",
    "\\": "'\\'",
    "*": "'*'",
    "~": "'~'",
    "#x": "'#x'",
    "!": "'!'",
    "ü": "'ü'",
    '"': `'"'`,
    "a\tb": "'a\tb'",
  };
  for (const [word, quoted] of Object.entries(cases)) assertEquals(shellWord(word), quoted);
});

Deno.test("shell command: one line of words", () => {
  assertEquals(
    shellCommand(["mkdir", "-p", "--", "/srv/it's here"]),
    `mkdir -p -- '/srv/it'\\''s here'`,
  );
  assertEquals(shellCommand(["rm", ""]), "rm ''");
});

Deno.test("shell command: whatever the words, a POSIX shell reads them back, and nothing else", () => {
  fc.assert(
    fc.property(anyWords, (words) => assertEquals(posixWords(shellCommand(words)), words)),
    { numRuns: 2000 },
  );
});

Deno.test("shell command: quoted twice, for a shell within a shell, it is read back twice", () => {
  fc.assert(
    fc.property(anyWords, (words) => {
      const [shell, option, inner] = posixWords(shellCommand(["sh", "-c", shellCommand(words)]));
      assertEquals([shell, option, posixWords(inner ?? "")], ["sh", "-c", words]);
    }),
  );
});

Deno.test("rsync shell: quotes group, a doubled quote is one, a backslash means nothing", () => {
  const cases: [string[], string][] = [
    [["ssh", "-p", "22"], "ssh -p 22"],
    [["ssh", "-i", "/home/a b/key"], "ssh -i '/home/a b/key'"],
    [["ssh", "-i", "/it's"], "ssh -i '/it''s'"],
    [["ssh", "-i", 'a"b'], `ssh -i 'a"b'`],
    [["ssh", "-i", "a\\b"], "ssh -i 'a\\b'"],
    [["ssh", ""], "ssh ''"],
  ];
  for (const [argv, text] of cases) assertEquals(rsyncShell(argv), text);
});

Deno.test("rsync shell: whatever the words, rsync reads them back", () => {
  fc.assert(
    fc.property(anyWords, (words) => assertEquals(rsyncWords(rsyncShell(words)), words)),
    { numRuns: 2000 },
  );
});

Deno.test("a name cannot end its quotes early", () => {
  assertMatch(shellWord("'; rm -rf / #"), /^''\\''; rm -rf \/ #'$/);
  assertEquals(posixWords(shellWord("'; rm -rf / #")), ["'; rm -rf / #"]);
});
