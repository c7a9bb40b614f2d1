import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { TODAYS_ARCHIVE } from "../support/archives.ts";
import { outputOf } from "../support/command.ts";
import { type RemoteSite, remoteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

const REPOSITORY = fromFileUrl(new URL("../..", import.meta.url));
const README = await Deno.readTextFile(join(REPOSITORY, "README.md"));

/** The lines of the README's blocks of a language. */
function linesOf(language: string): string[] {
  const blocks = README.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"));
  return [...blocks].flatMap(([, block]) => (block ?? "").trim().split("\n"));
}

/** Commands of the set-up and of the binary: CI and the tests of the binary run them. */
function isSetUp(line: string): boolean {
  return /^scripts\/|dist\/roundrobinbackup|--version$/.test(line);
}

/** A line of the README with the places and the host of a test in it. */
function here(line: string, { site, server }: RemoteSite): string {
  return line
    .replaceAll("/usr/local/bin/roundrobinbackup", "roundrobinbackup")
    .replaceAll("deploy@backup.example.com", `${site.account.name}@${server.host}`)
    .replaceAll("/srv/backup/", `${site.path("srv")}/`)
    .replaceAll("/var/www/project/", `${site.source}/`)
    .replaceAll("/mnt/data/", `${site.source}/`)
    .replaceAll("/mnt/data", "/")
    .replaceAll("--ssh-port 2222", `--ssh-port ${server.port}`)
    .replaceAll("/root/.ssh/backup", server.identityFile);
}

/** A directory with the program by its name, and an ssh that finds port and key by itself. */
async function commands({ site, server }: RemoteSite): Promise<string> {
  const directory = site.path("commands");
  const ssh =
    `exec '${server.bin}/ssh' -o Port=${server.port} -o IdentityFile=${server.identityFile}`;
  const program = (await site.programArgv()).map((word) => `'${word}'`).join(" ");
  await writeTree(directory, {
    "ssh": `#!/bin/sh\n${ssh} "$@"\n`,
    "roundrobinbackup": `#!/bin/sh\nexec ${program} "$@"\n`,
  });
  for (const name of ["ssh", "roundrobinbackup"]) await Deno.chmod(join(directory, name), 0o755);
  return directory;
}

remoteTest("README: every command works, in its order", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "index.html": "content", ".git/config": "git" });
  await outputOf(["sqlite3", join(site.source, "app.db"), "create table t (a)"]);
  await Deno.mkdir(site.path("srv/project"), { recursive: true });
  const path = [await commands(remote)];
  const lines = linesOf("sh").filter((line) => !isSetUp(line));
  assert(lines.length >= 10, `only ${lines.length} commands found`);
  const work = site.path("work");
  await Deno.mkdir(work);
  for (const line of lines) {
    const outcome = await site.command(["sh", "-ec", here(line, remote)], { path, cwd: work });
    assertEquals({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: "" }, line);
  }
  // One has brought the mirror back; a later one has a dump in place of the database.
  assertEquals(await namesIn(join(work, "latest")), [".git", "app.db", "index.html"]);
  const dumped = join(site.path("srv/project/latest"), "app.dump");
  assertEquals(await outputOf(["sqlite3", dumped, ".tables"]), "t\n");
  const log = (await Deno.readTextFile(join(work, "backups.log"))).trim();
  assertEquals(log, TODAYS_ARCHIVE);
}, ["unprivileged"]);

remoteTest("README: the cron line works, as cron's shell reads it", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "index.html": "content", ".git/config": "git" });
  await Deno.mkdir(site.path("srv"));
  const [line = "", ...others] = linesOf("crontab");
  assertEquals(others, []);
  const [, command = ""] = /^(?:\S+ ){5}(.*)$/.exec(line) ?? [];
  assert(!/[^\\]%/.test(command), "cron would end the command at the percent sign");
  // In a directory in which the shell expands .git* to two words.
  await writeTree(site.path("home"), { ".git/config": "", ".gitignore": "" });
  const outcome = await site.command(["sh", "-c", here(command, remote)], {
    path: [await commands(remote)],
    cwd: site.path("home"),
  });
  assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
  assertEquals(await namesIn(site.path("srv/project/latest")), ["index.html"]);
  assert((await namesIn(site.path("srv/project"))).includes(TODAYS_ARCHIVE));
}, ["unprivileged"]);

Deno.test("README: CI runs the commands of the set-up", async () => {
  const ci = await Deno.readTextFile(join(REPOSITORY, ".ci/run"));
  const test = await Deno.readTextFile(join(REPOSITORY, "scripts/test"));
  const setUp = linesOf("sh").filter((line) => line.startsWith("scripts/"));
  assertEquals(setUp.length, 3);
  for (const line of setUp) {
    assert(`${ci}\n${test}`.includes(line.replace(/ +#.*$/, "")), line);
  }
});

Deno.test("README: the example of the library runs", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const source = join(directory, "source");
    await writeTree(source, { "file": "content" });
    const example = linesOf("ts").join("\n")
      .replace("./lib/mod.ts", join(REPOSITORY, "lib/mod.ts"))
      .replace("/var/www/project/", `${source}/`)
      .replace("/srv/backup/project", join(directory, "destination"));
    const file = join(REPOSITORY, "dist", "readme_example.ts");
    await Deno.mkdir(join(REPOSITORY, "dist"), { recursive: true });
    await Deno.writeTextFile(file, example);
    try {
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--check", "-A", file],
      }).output();
      const text = new TextDecoder().decode(stdout);
      assertEquals(code, 0);
      assert(text.includes('"2013-01-28"') && text.includes("rsync -az --delete"), text);
    } finally {
      await Deno.remove(file);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
