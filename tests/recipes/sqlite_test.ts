import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs/exists";
import { join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { type Outcome, outputOf, until } from "../support/command.ts";
import { runningProcesses } from "../support/processes.ts";
import {
  cronRun,
  installScript,
  Page,
  resultOfCronRun,
  withFilesOfAtMost,
} from "../support/recipes.ts";
import { type Site, siteTest } from "../support/site.ts";
import { archivedPaths, extract } from "../support/tree.ts";

const PAGE = await Page.read("hooks.md");
const COMMAND = PAGE.cronCommand("/etc/roundrobinbackup/sqlite");

/** An application that keeps its database open, with the last change in the write-ahead log. */
class Application implements AsyncDisposable {
  readonly #session: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  private constructor(session: Deno.ChildProcess) {
    this.#session = session;
    this.#input = session.stdin.getWriter();
    this.#output = session.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(site: Site): Promise<Application> {
    await Deno.mkdir(site.path("app/data"), { recursive: true });
    await installScript(site, { page: PAGE, name: "sqlite" });
    const session = new Deno.Command("sqlite3", {
      args: [site.path("app/data/app.db")],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const application = new Application(session);
    await application.sql(`PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0;
      CREATE TABLE customer (name); INSERT INTO customer VALUES ('Zoë');
      CREATE TABLE filler (text); INSERT INTO filler VALUES (zeroblob(100000));`);
    assert((await Deno.stat(site.path("app/data/app.db-wal"))).size > 100_000);
    return application;
  }

  /** Runs statements in its session. */
  async sql(statements: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${statements}\nSELECT 'done';\n`));
    let printed = "";
    while (!printed.endsWith("done\n")) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error(`sqlite3 has ended: ${printed}`);
      printed += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output.cancel();
    await this.#session.status;
  }
}

/** Fails unless a run stops with status 1, and leaves the old copy and archive as they are. */
async function assertStops(site: Site, run: () => Promise<Outcome>): Promise<string> {
  const places = [join(site.source, "app.db"), site.path("srv/sqlite")];
  const state = () => Promise.all(places.map((place) => site.stateOf(place)));
  const before = await state();
  const { code, stderr } = await run();
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "Nothing was touched: the --before command failed");
  assertEquals(await state(), before);
  return stderr;
}

siteTest("SQLite: a good copy is in the archive, the live files are not", async (site) => {
  await using _application = await Application.open(site);
  assertEquals(await resultOfCronRun(site, COMMAND), "made");
  const files = PAGE.cronCommand("--exclude '/data/app.db*'");
  await Deno.writeTextFile(site.path("app/data/picture"), "picture");
  assertEquals(await cronRun(site, files), { code: 0, stdout: "", stderr: "" });
  assertEquals(await archivedPaths(site.path("srv/app", TODAYS_ARCHIVE)), [
    "latest/",
    "latest/data/",
    "latest/data/picture",
  ]);
  await extract(site.path("srv/sqlite", TODAYS_ARCHIVE), site.path("unpacked"));
  const copy = site.path("unpacked/latest/app.db");
  assertEquals((await Deno.stat(copy)).mode ?? 0, 0o100600);
  assertEquals(await outputOf(["sqlite3", copy, "SELECT name FROM customer"]), "Zoë\n");
}, ["root"]);

siteTest(
  "SQLite: an unchanged database is an unchanged day, a changed one is not",
  async (site) => {
    await using application = await Application.open(site);
    assertEquals(await resultOfCronRun(site, COMMAND), "made");
    assertEquals(await resultOfCronRun(site, COMMAND), "unchanged");
    await application.sql("UPDATE customer SET name = 'Ada';");
    assertEquals(await resultOfCronRun(site, COMMAND), "made");
    await application.sql("PRAGMA wal_checkpoint(TRUNCATE);");
    assertEquals(await resultOfCronRun(site, COMMAND), "unchanged");
  },
  ["root"],
);

siteTest(
  "SQLite: a copy that is cut short, damaged or of no database stops the run",
  async (site) => {
    const database = site.path("app/data/app.db");
    {
      await using _application = await Application.open(site);
      assertEquals(await resultOfCronRun(site, COMMAND), "made");
      const half = withFilesOfAtMost(20_000);
      await assertStops(site, () => cronRun(site, COMMAND, { under: half }));
      assert(await exists(site.path("source.new/app.db")));
    }
    // The application has ended, and has put its log into the database.
    await Deno.rename(database, `${database}.away`);
    await assertStops(site, () => cronRun(site, COMMAND));
    assertEquals(await exists(database), false);
    await Deno.writeTextFile(database, "this is no database".repeat(100));
    const said = await assertStops(site, () => cronRun(site, COMMAND));
    assertStringIncludes(said, "file is not a database");
    assertEquals(await archivesIn(site.path("srv/sqlite")), [TODAYS_ARCHIVE]);
  },
  ["root"],
);

siteTest("SQLite: the copy waits for a writer", async (site) => {
  await using application = await Application.open(site);
  await application.sql("PRAGMA journal_mode = delete; BEGIN EXCLUSIVE;");
  const run = cronRun(site, COMMAND);
  const copy = site.path("source.new/app.db");
  await until(
    "the copy waits",
    async () =>
      (await runningProcesses()).some(({ name, args }) =>
        name === "sqlite3" && args.includes(copy)
      ),
  );
  await application.sql("COMMIT;");
  assertEquals(await run, { code: 0, stdout: "", stderr: "" });
}, ["root"]);
