import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type Outcome, outputOf } from "../support/command.ts";
import { TODAY } from "../support/program.ts";
import { cronRun, installScript, Page, type Places } from "../support/recipes.ts";
import { type Site, siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const PAGE = await Page.read("hooks.md");
const PING = PAGE.cronCommand("/etc/roundrobinbackup/ping");
const MAIL = PAGE.cronCommand("/etc/roundrobinbackup/mail");
const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** What a run does to the site's source, the status it ends with, and why. */
interface Ending {
  readonly prepare: (site: Site) => Promise<void>;
  readonly status: number;
  readonly reason: RegExp;
}

const SUCCESS: Ending = {
  prepare: (site) => writeTree(site.source, { "file": "content" }),
  status: 0,
  reason: /^$/,
};
const FAILURE: Ending = { prepare: () => Promise.resolve(), status: 1, reason: /is empty/ };
const NEEDS_A_PERSON: Ending = {
  async prepare(site) {
    await writeTree(site.source, { "file": "content", "secret": "content" });
    await Deno.chmod(join(site.source, "secret"), 0o000);
  },
  status: 3,
  reason: /secret/,
};

/** A service that notes the pings that it gets. */
class PingService implements AsyncDisposable {
  readonly pings: { path: string; body: string }[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(answer = 200) {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, async (request) => {
      this.pings.push({ path: new URL(request.url).pathname, body: await request.text() });
      return new Response("OK", { status: answer });
    });
  }

  get places(): Places {
    return { "https://hc-ping.com/": `http://127.0.0.1:${this.#server.addr.port}/` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

for (
  const [title, { prepare, status, reason }] of Object.entries({
    "a success": SUCCESS,
    "a failure": FAILURE,
    "an archive that needs a person": NEEDS_A_PERSON,
  })
) {
  siteTest(`ping: ${title} is one ping with status ${status} and its reason`, async (site) => {
    await using service = new PingService();
    await prepare(site);
    await installScript(site, { page: PAGE, name: "ping", places: service.places });
    const { code, stdout } = await cronRun(site, PING);
    assertEquals([code, stdout], [status, ""]);
    const [ping, ...others] = service.pings;
    assertEquals(others, []);
    assertEquals(ping?.path, `/00000000-0000-0000-0000-000000000000/${status}`);
    assertMatch(ping?.body ?? "no ping", reason);
  }, ["unprivileged"]);
}

siteTest("ping: one that is refused ends a good run with status 3", async (site) => {
  await using service = new PingService(404);
  await SUCCESS.prepare(site);
  await installScript(site, { page: PAGE, name: "ping", places: service.places });
  const { code, stderr } = await cronRun(site, PING);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "the --after command failed");
  assertStringIncludes(stderr, "404");
}, ["unprivileged"]);

/** Runs the mail recipe with a `sendmail` that keeps what it is given. */
async function mailRun(site: Site): Promise<{ outcome: Outcome; mails: string }> {
  const [fake, mails, args] = [site.path("sendmail"), site.path("mails"), site.path("args")];
  await Deno.writeTextFile(mails, "");
  const script = `#!/bin/sh\necho "$*" >'${args}'\ncat >>'${mails}'\n`;
  await Deno.writeTextFile(fake, script, { mode: 0o755 });
  const places = { "/usr/sbin/sendmail": fake };
  await installScript(site, { page: PAGE, name: "mail", places });
  return { outcome: await cronRun(site, MAIL), mails: await Deno.readTextFile(mails) };
}

siteTest("mail: nothing is sent when all is well", async (site) => {
  await SUCCESS.prepare(site);
  assertEquals(await mailRun(site), { outcome: SILENT_SUCCESS, mails: "" });
}, ["unprivileged"]);

for (
  const [title, { prepare, status, reason }] of Object.entries({
    "a failure": FAILURE,
    "an archive that needs a person": NEEDS_A_PERSON,
  })
) {
  siteTest(`mail: ${title} is one mail with its status and its reason`, async (site) => {
    await prepare(site);
    const { outcome, mails } = await mailRun(site);
    assertEquals(outcome.code, status);
    const host = (await outputOf(["uname", "-n"])).trim();
    const [to, subject, empty, job, ...rest] = mails.split("\n");
    assertEquals([to, subject, empty], [
      "To: admin@example.com",
      `Subject: Backup of ${host}: status ${status}`,
      "",
    ]);
    assertEquals(job, `${site.source}/ to ${site.path("srv/project")}, ${TODAY}:`);
    assertMatch(rest.join("\n"), reason);
    // Without -i a line with a dot alone would end the mail.
    assertEquals(await Deno.readTextFile(site.path("args")), "-i -t\n");
  }, ["unprivileged"]);
}

siteTest("several commands: the first that fails is the last", async (site) => {
  await SUCCESS.prepare(site);
  await installScript(site, { page: PAGE, name: "before" });
  const note = (name: string, status: number) =>
    Deno.writeTextFile(
      site.path("etc", name),
      `#!/bin/sh\necho ${name} >>'${site.path("noted")}'; exit ${status}\n`,
      { mode: 0o755 },
    );
  const run = () => site.run(["--before", site.path("etc/before"), site.source, site.destination]);
  await note("mariadb", 0);
  await note("postgresql", 0);
  assertEquals(await run(), SILENT_SUCCESS);
  assertEquals(await Deno.readTextFile(site.path("noted")), "mariadb\npostgresql\n");
  await note("mariadb", 4);
  const { code, stderr } = await run();
  assertEquals(code, 1);
  assert(stderr.includes("(status 4)"), stderr);
  assertEquals(await Deno.readTextFile(site.path("noted")), "mariadb\npostgresql\nmariadb\n");
}, ["unprivileged"]);
