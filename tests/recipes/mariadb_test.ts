import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs/exists";
import { join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { endProcess, until } from "../support/command.ts";
import { type DatabaseServer, startMariadb } from "../support/database_server.ts";
import { runningProcesses } from "../support/processes.ts";
import {
  cronRun,
  installScript,
  Page,
  placed,
  resultOfCronRun,
  withFilesOfAtMost,
} from "../support/recipes.ts";
import { type Site, siteTest } from "../support/site.ts";
import { extract } from "../support/tree.ts";

const PAGE = await Page.read("hooks.md");
const COMMAND = PAGE.cronCommand("/etc/roundrobinbackup/mariadb");
const PASSWORD = "correct horse";

/** A shop with what a dump can leave out, and the page's account for the dump. */
const SHOP = `CREATE DATABASE shop; USE shop;
CREATE TABLE customer (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50));
INSERT INTO customer (name) VALUES ('Zoë'), ('O''Hara');
CREATE TABLE filler (text LONGTEXT); INSERT INTO filler VALUES (REPEAT('x', 100000));
CREATE TABLE last_table (id INT);
CREATE VIEW names AS SELECT name FROM customer;
CREATE TRIGGER trimmed BEFORE INSERT ON customer FOR EACH ROW SET NEW.name = TRIM(NEW.name);
CREATE PROCEDURE one() SELECT 1;
CREATE EVENT daily ON SCHEDULE EVERY 1 DAY DO SELECT 1;
${PAGE.block("sql", "CREATE USER")}`;

/** A site with the recipe, its database and its option file. */
async function shopServer(site: Site): Promise<DatabaseServer> {
  const server = await startMariadb(site.account, site.path("mariadb"));
  await server.sql(SHOP);
  await installScript(site, { page: PAGE, name: "mariadb" });
  const options = PAGE.block("ini", "[client]") + `socket = ${server.socket}\n`;
  await Deno.writeTextFile(site.path("etc/mariadb.cnf"), options, { mode: 0o600 });
  return server;
}

/** Fails unless a run stops with status 1, and leaves the old dump and archive as they are. */
async function assertStops(site: Site, run: () => Promise<{ code: number; stderr: string }>) {
  const dump = join(site.source, "shop.sql");
  const destination = site.path("srv/mariadb");
  const before = [await site.stateOf(dump), await site.stateOf(destination)];
  const { code, stderr } = await run();
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "Nothing was touched: the --before command failed");
  assertEquals([await site.stateOf(dump), await site.stateOf(destination)], before);
}

siteTest("MariaDB: the dump is in the archive, and restores the database", async (site) => {
  await using server = await shopServer(site);
  assertEquals(await resultOfCronRun(site, COMMAND), "made");
  const unpacked = site.path("unpacked");
  await extract(site.path("srv/mariadb", TODAYS_ARCHIVE), unpacked);
  const dump = join(unpacked, "latest/shop.sql");
  assertEquals((await Deno.stat(dump)).mode ?? 0, 0o100600);
  await server.sql("DROP DATABASE shop; CREATE DATABASE shop");
  await server.sql(await Deno.readTextFile(dump), "shop");
  assertEquals(await server.sql("SELECT name FROM names", "shop"), "Zoë\nO'Hara\n");
  assertEquals(await server.sql("CALL one()", "shop"), "1\n");
  assertEquals(
    await server.sql(
      `SELECT event_name FROM information_schema.events UNION ALL
       SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'shop'`,
    ),
    "daily\ntrimmed\n",
  );
}, ["unprivileged"]);

siteTest(
  "MariaDB: an unchanged database is an unchanged day, a changed one is not",
  async (site) => {
    await using server = await shopServer(site);
    assertEquals(await resultOfCronRun(site, COMMAND), "made");
    assertEquals(await resultOfCronRun(site, COMMAND), "unchanged");
    await server.sql("UPDATE customer SET name = 'Ada' WHERE id = 1", "shop");
    assertEquals(await resultOfCronRun(site, COMMAND), "made");
  },
  ["unprivileged"],
);

siteTest(
  "MariaDB: a dump that is refused, cut short or has no server stops the run",
  async (site) => {
    await using server = await shopServer(site);
    assertEquals(await resultOfCronRun(site, COMMAND), "made");
    const half = withFilesOfAtMost(20_000);
    await assertStops(site, () => cronRun(site, COMMAND, { under: half }));
    const left = await Deno.stat(site.path("source.new/shop.sql"));
    assertEquals(left.size, 20_000);
    await server.sql("ALTER USER backup@localhost IDENTIFIED BY 'another'");
    await assertStops(site, () => cronRun(site, COMMAND));
    await server.sql(`ALTER USER backup@localhost IDENTIFIED BY '${PASSWORD}'`);
    await server.stop();
    await assertStops(site, () => cronRun(site, COMMAND));
    assertEquals(await archivesIn(site.path("srv/mariadb")), [TODAYS_ARCHIVE]);
  },
  ["unprivileged"],
);

siteTest(
  "MariaDB: what a failed dump left is gone after a good one",
  async (site) => {
    await using _server = await shopServer(site);
    await Deno.writeTextFile(site.path("source.new/shop.sql"), "half a dump");
    assertEquals(await resultOfCronRun(site, COMMAND), "made");
    assertEquals(await exists(site.path("source.new/shop.sql")), false);
    assertStringIncludes(
      await Deno.readTextFile(join(site.source, "shop.sql")),
      "-- Dump completed\n",
    );
  },
  ["unprivileged"],
);

siteTest(
  "MariaDB: no process shows the password; a dump that is killed half-way stops the run",
  async (site) => {
    await using server = await shopServer(site);
    assertEquals(await resultOfCronRun(site, COMMAND), "made");
    await using _lock = await server.hold("LOCK TABLES shop.last_table WRITE;");
    await assertStops(site, async () => {
      const run = cronRun(site, COMMAND);
      const optionFile = placed("--defaults-extra-file=/etc/roundrobinbackup/mariadb.cnf", site);
      const dumps = async () =>
        (await runningProcesses()).filter(({ name, args }) =>
          /^(mysqldump|mariadb-dump)$/.test(name) && args.includes(optionFile)
        );
      await until("the dump waits half-way", async () => {
        const file = site.path("source.new/shop.sql");
        return await exists(file) && (await Deno.stat(file)).size > 0;
      });
      const shown = (await runningProcesses()).map(({ args }) => args);
      assert(!shown.some((args) => args.includes(PASSWORD)));
      const [dump, ...others] = await dumps();
      assertEquals(others, []);
      assert(dump !== undefined);
      endProcess(dump.pid, "SIGKILL");
      return await run;
    });
  },
  ["unprivileged"],
);
