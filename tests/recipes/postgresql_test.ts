import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type Account, testAccounts } from "../support/account.ts";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { endProcess, until } from "../support/command.ts";
import {
  type DatabaseServer,
  POSTGRESQL_PROGRAMS,
  startPostgresql,
} from "../support/database_server.ts";
import { runningProcesses } from "../support/processes.ts";
import {
  cronRun,
  installScript,
  Page,
  resultOfCronRun,
  withFilesOfAtMost,
} from "../support/recipes.ts";
import { type Site, siteTest } from "../support/site.ts";
import { extract } from "../support/tree.ts";

const PAGE = await Page.read("hooks.md");
const COMMAND = PAGE.cronCommand("/etc/roundrobinbackup/postgresql");

const FORUM = `CREATE TABLE post (id int PRIMARY KEY, body text);
INSERT INTO post VALUES (1, 'Zoë'), (2, E'\\\\restrict me\\nO''Hara');
CREATE TABLE filler (text text); INSERT INTO filler VALUES (repeat('x', 100000));
CREATE VIEW bodies AS SELECT body FROM post ORDER BY id;
ALTER TABLE post OWNER TO author;`;

async function postgresAccount(): Promise<Account> {
  const account = (await testAccounts()).get("unprivileged");
  if (account === undefined) throw new Error("PostgreSQL wants an account that is not root");
  return account;
}

/** A site of root's with the recipe, and its databases in a server of another account. */
class ForumSite implements AsyncDisposable {
  readonly site: Site;
  readonly server: DatabaseServer;
  readonly #account: string;
  readonly #bin: string;

  private constructor(site: Site, server: DatabaseServer, account: string, bin: string) {
    this.site = site;
    this.server = server;
    this.#account = account;
    this.#bin = bin;
  }

  static async open(site: Site): Promise<ForumSite> {
    const account = await postgresAccount();
    const server = await startPostgresql(account, site.path("postgresql"));
    await server.sql("CREATE ROLE author; CREATE DATABASE forum");
    await server.sql(FORUM, "forum");
    // As on a server: nobody but root can enter it.
    await Deno.chmod(site.source, 0o700);
    await installScript(site, {
      page: PAGE,
      name: "postgresql",
      places: {
        "runuser -u postgres": `runuser -u ${account.name}`,
      },
    });
    return new ForumSite(site, server, account.name, await clients(site, server));
  }

  /** Runs the cron line; gives `made` or `unchanged`. */
  async result(): Promise<string> {
    return await resultOfCronRun(this.site, COMMAND, { bin: this.#bin });
  }

  /** Runs it while it has to stop with status 1, and the old dump and archive stay. */
  async assertStops(
    options: { under?: string; meanwhile?: () => Promise<void> } = {},
  ): Promise<void> {
    const dump = join(this.site.source, "forum.sql");
    const destination = this.site.path("srv/postgresql");
    const before = [await this.site.stateOf(dump), await this.site.stateOf(destination)];
    const run = cronRun(this.site, COMMAND, { bin: this.#bin, under: options.under ?? "" });
    await options.meanwhile?.();
    const { code, stderr } = await run;
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "Nothing was touched: the --before command failed");
    assertEquals([await this.site.stateOf(dump), await this.site.stateOf(destination)], before);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }
}

/** Directory for PATH: Debian's clients, led to the server of the test. */
async function clients(site: Site, server: DatabaseServer): Promise<string> {
  const bin = site.path("bin");
  await Deno.mkdir(bin);
  for (const name of ["pg_dump", "pg_dumpall"]) {
    const script = `#!/bin/sh\nexec /usr/bin/${name} --host='${server.socket}' "$@"\n`;
    await Deno.writeTextFile(join(bin, name), script, { mode: 0o755 });
  }
  return bin;
}

siteTest("PostgreSQL: the dumps are in the archive, and restore roles and rows", async (site) => {
  await using forum = await ForumSite.open(site);
  assertEquals(await forum.result(), "made");
  const unpacked = site.path("unpacked");
  await extract(site.path("srv/postgresql", TODAYS_ARCHIVE), unpacked);
  const dump = (name: string) => Deno.readTextFile(join(unpacked, "latest", name));
  assertEquals((await Deno.stat(join(unpacked, "latest/forum.sql"))).mode ?? 0, 0o100600);
  const { server } = forum;
  await server.sql("DROP DATABASE forum;");
  await server.sql("DROP ROLE author; CREATE DATABASE forum");
  const roles = await dump("roles.sql");
  assertStringIncludes(roles, "CREATE ROLE author;");
  // The administrator is there already, as in every fresh cluster.
  const administrator = (await postgresAccount()).name;
  const other = roles.split("\n").filter((line) => line !== `CREATE ROLE "${administrator}";`);
  await server.sql(other.join("\n"));
  await server.sql(await dump("forum.sql"), "forum");
  // The dump closes the search path of its session alone.
  assertEquals(
    await server.sql("SELECT body FROM bodies", "forum"),
    "Zoë\n\\restrict me\nO'Hara\n",
  );
}, ["root"]);

siteTest(
  "PostgreSQL: an unchanged database is an unchanged day, a changed one is not",
  async (site) => {
    await using forum = await ForumSite.open(site);
    assertEquals(await forum.result(), "made");
    assertEquals(await forum.result(), "unchanged");
    await forum.server.sql("UPDATE post SET body = 'Ada' WHERE id = 1", "forum");
    assertEquals(await forum.result(), "made");
    await forum.server.sql("CREATE ROLE reader");
    assertEquals(await forum.result(), "made");
    assertEquals(await forum.result(), "unchanged");
  },
  ["root"],
);

siteTest(
  "PostgreSQL: a dump that is cut short, killed or has no server stops the run",
  async (site) => {
    await using forum = await ForumSite.open(site);
    assertEquals(await forum.result(), "made");
    await forum.assertStops({ under: withFilesOfAtMost(20_000) });
    const left = await Deno.stat(site.path("source.new/forum.sql"));
    assertEquals(left.size, 20_000);
    {
      await using _lock = await forum.server.hold(
        "\\c forum\nBEGIN; LOCK TABLE post IN ACCESS EXCLUSIVE MODE;",
      );
      const ours = async () =>
        (await runningProcesses()).filter(({ args }) =>
          args.startsWith(`${POSTGRESQL_PROGRAMS}/pg_dump --host=${forum.server.socket}`)
        );
      await forum.assertStops({
        meanwhile: async () => {
          await until("pg_dump waits", async () => (await ours()).length === 1);
          for (const { pid } of await ours()) endProcess(pid, "SIGKILL");
        },
      });
    }
    await forum.server.stop();
    await forum.assertStops();
    assertEquals(await archivesIn(site.path("srv/postgresql")), [TODAYS_ARCHIVE]);
  },
  ["root"],
);

siteTest("PostgreSQL: with .pgpass the password is in no command", async (site) => {
  const server = await startPostgresql(await postgresAccount(), site.path("postgresql"));
  await using _server = server;
  await server.sql("CREATE ROLE backup LOGIN SUPERUSER PASSWORD 'correct horse'");
  await server.sql("CREATE DATABASE forum");
  await server.sql(FORUM.replace("ALTER TABLE post OWNER TO author;", ""), "forum");
  const authentication = site.path("postgresql/data/pg_hba.conf");
  await Deno.writeTextFile(authentication, "local all backup scram-sha-256\nlocal all all peer\n");
  await server.sql("SELECT pg_reload_conf()");
  const [, line = ""] = /`localhost:([^`]*)`/.exec(PAGE.text) ?? [];
  const home = site.path("home");
  await Deno.mkdir(home);
  // A unix socket in place of a port: it has no other name than its directory.
  await Deno.writeTextFile(join(home, ".pgpass"), `${server.socket}:${line}\n`, { mode: 0o600 });
  const command = PAGE.block("sh", "--no-password")
    .replace("--host=localhost", `--host=${server.socket}`)
    .replace("$new", site.source);
  assert(!command.includes("horse"));
  const before = ["--before", command, `${site.source}/`, site.destination];
  const outcome = await site.run(before, { env: { HOME: home } });
  assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
  const dump = await Deno.readTextFile(join(site.destination, "latest/forum.sql"));
  assertStringIncludes(dump, "Zoë");
  await Deno.writeTextFile(join(home, ".pgpass"), `${server.socket}:*:forum:backup:wrong\n`);
  const refused = await site.run(before, { env: { HOME: home } });
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "password authentication failed");
});
