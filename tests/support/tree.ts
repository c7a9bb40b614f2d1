/**
 * Directory trees to back up, and what tells whether two of them are the same.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { outcomeOf, outputOf } from "./command.ts";

/** A small tree: path to content. Directories are made as they are needed. */
export async function writeTree(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
}

/** Names that a shell, rsync, tar or a terminal could misread. */
export const ODD_NAMES: readonly string[] = [
  "with space",
  " leading and trailing ",
  "it's",
  'double "quoted"',
  "$(touch executed)",
  "`touch executed`",
  "$HOME ${PATH}",
  "back\\slash\\n",
  "new\nline",
  "\n",
  "tab\there",
  "carriage\rreturn",
  "\x1b[31mred",
  "\u009b31mred too",
  "-rf",
  "--delete",
  "*",
  "?",
  "[a-z]",
  "{a,b}",
  "~",
  "~root",
  "#comment",
  "!history",
  "a;b",
  "a&b",
  "a|b",
  "a<b>c",
  "host:path",
  "module::path",
  "- exclude",
  "...",
  ".hidden",
  "caf\u00e9 composed",
  "cafe\u0301 decomposed",
  "日本語",
  "👩‍👩‍👧‍👦🏳️‍🌈",
  "\u202egnp.exe",
  "a".repeat(255),
  "é".repeat(127),
];

/** Every odd name as a file, as a directory and in a link, and names that are no UTF-8. */
export async function writeOddNames(directory: string): Promise<void> {
  for (const name of ODD_NAMES) {
    await writeTree(join(directory, "files"), { [name]: `content of ${name}` });
    await writeTree(join(directory, "directories", name), { [name]: name });
    await Deno.mkdir(join(directory, "links"), { recursive: true });
    await Deno.symlink(name, join(directory, "links", name));
  }
  // Deno's names are text: only other programs can make bytes that are none.
  const script = `mkdir raw && cd raw && for bytes in '\\377\\376' 'caf\\351' '\\300\\257x'; do
    name=$(printf "$bytes.") && echo "$bytes" >"$name" && mkdir "d$name" && ln -s "$name" "l$name"
  done`;
  await outputOf(["sh", "-ec", script], { cwd: directory });
}

/** A tree of every kind of file, mode and time that a backup has to carry. */
export async function writeVariedTree(directory: string): Promise<void> {
  await writeTree(directory, {
    "index.html": "<h1>Hello</h1>\n",
    "empty": "",
    ".hidden/.config": "secret\n",
    "deep/a/b/c/d/e/f/g/leaf.txt": "leaf\n",
    "script.sh": "#!/bin/sh\n",
    "no newline at the end": "x",
  });
  const random = crypto.getRandomValues(new Uint8Array(65_536));
  await Deno.writeFile(join(directory, "random.bin"), random);
  const script = `
    mkdir -p empty-directory deep/empty
    ln -s index.html link
    ln -s /nowhere/at/all dangling
    ln -s . loop
    ln -s deep/a directory-link
    truncate -s 8M sparse
    printf end >>sparse
    chmod 600 .hidden/.config; chmod 755 script.sh; chmod 640 index.html; chmod 444 empty
    chmod 4755 random.bin
    mkdir sticky; chmod 1777 sticky
    mkdir setgid; chmod 2750 setgid
    touch -d '1971-02-03 04:05:06 UTC' empty
    touch -d '2038-01-20 00:00:00 UTC' script.sh
    touch -h -d '1999-12-31 23:59:59 UTC' link
    touch -d '2001-01-01 00:00:00 UTC' deep/empty`;
  await outputOf(["sh", "-ec", script], { cwd: directory });
}

/**
 * Kind, mode, owner, time and link target of everything below a directory, as
 * text that is equal for equal trees. Times are in seconds: a tar archive of the
 * usual format holds no fractions.
 */
export async function treeState(directory: string): Promise<string[]> {
  const format = "%P\\t%y %m %U:%G %Ts %l\\0";
  const decoder = new TextDecoder("latin1");
  const { stdout } = await new Deno.Command("find", {
    args: [directory, "-printf", format],
    env: { LC_ALL: "C" },
  }).output();
  return decoder.decode(stdout).split("\0").sort();
}

/** What changes with any change below a directory: the same, with the times in full. */
export async function exactState(directory: string): Promise<string[]> {
  const { stdout } = await outcomeOf(["find", directory, "-printf", "%p\\t%y %m %T@ %C@ %l\\0"]);
  return stdout.split("\0").sort();
}

/** Fails unless two trees have the same names, contents, modes, owners, times and links. */
export async function assertSameTree(actual: string, expected: string): Promise<void> {
  const { code, stdout } = await outcomeOf([
    ...["diff", "-r", "--no-dereference", "--", expected, actual],
  ]);
  assertEquals({ code, difference: stdout }, { code: 0, difference: "" });
  assertEquals(await treeState(actual), await treeState(expected));
}

/** Unpacks an archive as anybody would, into a new directory. */
export async function extract(archive: string, directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  await outputOf(["tar", "--force-local", "-xpf", archive, "-C", directory]);
}

/** The paths in an archive, as tar lists them, sorted. */
export async function archivedPaths(archive: string): Promise<string[]> {
  const text = await outputOf(["tar", "--force-local", "-tjf", archive]);
  return text.split("\n").filter((line) => line !== "").sort();
}

/** The names in a directory, sorted. */
export async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) names.push(name);
  return names.sort();
}
