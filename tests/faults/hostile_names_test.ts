import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TODAYS_ARCHIVE } from "../support/archives.ts";
import { outputOf } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import { randomness } from "../support/randomness.ts";
import { type RemoteSite, remoteTest, type Site, siteTest } from "../support/site.ts";
import { ODD_NAMES } from "../support/tree.ts";

const NAMES = 200;
const LONGEST_NAME = 255;

/** Names as bytes: each byte that a name may hold, alone and among others, and old acquaintances. */
function hostileNames(): Uint8Array[] {
  const encoder = new TextEncoder();
  const names = new Map<string, Uint8Array>();
  const add = (name: Uint8Array) => {
    if (name.length > 0 && ![".", ".."].includes(String.fromCharCode(...name))) {
      names.set(name.join(), name);
    }
  };
  const bytes = Array.from({ length: 256 }, (_, byte) => byte)
    .filter((byte) => byte !== 0 && byte !== "/".charCodeAt(0));
  for (const name of ODD_NAMES) add(encoder.encode(name));
  // In four names all bytes, and each of them first and last.
  for (let start = 0; start < bytes.length; start += 64) {
    add(new Uint8Array(bytes.slice(start, start + 64)));
  }
  add(new Uint8Array(LONGEST_NAME).fill(0xff));
  add(new Uint8Array(LONGEST_NAME).fill("\n".charCodeAt(0)));
  add(new Uint8Array(LONGEST_NAME).fill("-".charCodeAt(0)));
  const random = randomness("hostile names");
  const special = encoder.encode("\n\t\r -'\"`$()*?[]{}~#!;&|<>\\:@%=\u001b").toSorted();
  while (names.size < NAMES) {
    const alphabet = names.size % 2 === 0 ? bytes : [...special];
    const length = 1 + Math.floor(random.number() * (names.size % 8 === 0 ? LONGEST_NAME : 12));
    add(new Uint8Array(Array.from({ length }, () => random.pick(alphabet) ?? 0)));
  }
  return [...names.values()];
}

/** Makes a file of each name; Deno's own names are text, so that a shell has to. */
async function writeFiles(directory: string, names: readonly Uint8Array[]): Promise<void> {
  const octal = (name: Uint8Array) =>
    Array.from(name, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  // A command substitution drops final newlines: the slash behind them keeps them.
  const script = `while read -r octal; do
      name=$(printf "$octal/"); name=\${name%/}; printf '%s' "content of $octal" >"./$name"
    done`;
  const stdin = names.map((name) => `${octal(name)}\n`).join("");
  await outputOf(["sh", "-ec", script], {
    cwd: directory,
    stdin,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
  });
}

/** Names, kinds and contents of a directory, as bytes, told apart by nothing but NUL. */
async function digestOf(directory: string): Promise<string> {
  const script = `find . -type f -print0 | sort -z | xargs -0 sha256sum -z --; find . ! -type f`;
  return await outputOf(["sh", "-ec", `(${script}) | sha256sum`], {
    cwd: directory,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
  });
}

async function assertSurvive(site: Site, remote?: RemoteSite): Promise<void> {
  const names = hostileNames();
  assertEquals(names.length, NAMES);
  assertEquals(new Set(names.flatMap((name) => [...name])).size, 254);
  await writeFiles(site.source, names);
  const count = await outputOf(["sh", "-c", "find . -type f -print0 | tr -dc '\\0' | wc -c"], {
    cwd: site.source,
  });
  assertEquals(count.trim(), String(NAMES));
  const source = `${site.source}/`;
  const backup = () =>
    remote === undefined
      ? site.run([source, site.destination])
      : remote.run([...remote.options, source, remote.remote(site.destination)]);
  assertEquals(await backup(), { code: 0, stdout: "", stderr: "" });
  const custody = await Custody.of(site.destination);
  await custody.afterFault();
  const expected = await digestOf(site.source);
  assertEquals(await digestOf(join(site.destination, "latest")), expected);
  const extracted = site.path("extracted");
  await Deno.mkdir(extracted);
  await outputOf(["tar", "-xjf", join(site.destination, TODAYS_ARCHIVE), "-C", extracted]);
  assertEquals(await digestOf(join(extracted, "latest")), expected);
  assertEquals(await backup(), { code: 0, stdout: "", stderr: "" });
  await custody.afterCleanRun();
}

siteTest(`${NAMES} hostile names come out of the archive byte by byte`, async (site) => {
  await assertSurvive(site);
});

remoteTest(`${NAMES} hostile names, over ssh: likewise`, async (remote) => {
  await assertSurvive(remote.site, remote);
});
