import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { archiveOf } from "../support/archives.ts";
import { applied, converge, crontabOf, minuteOf } from "../support/manifest.ts";
import { puppetString } from "../support/puppet.ts";
import { DIRECTORY, puppetTest, SOURCE } from "../support/puppet_site.ts";
import { archivedPaths, namesIn, writeTree } from "../support/tree.ts";

const NIGHT = Temporal.PlainDate.from("2030-05-06");
const NEXT_NIGHT = NIGHT.add({ days: 1 });

puppetTest("three lines: archives on the server, night after night, and no mail", async (site) => {
  const { client, server } = site;
  await converge(client, site.manifest());
  await site.setUpServer();
  assertEquals(await site.night(NIGHT), { jobs: 1, mails: [] });
  assertEquals(await site.archives(), [archiveOf("2030-05-06")]);

  await writeTree(client.seen(SOURCE), { "news.html": "more" });
  assertEquals(await applied(client, site.manifest()), false);
  assertEquals(await site.night(NEXT_NIGHT), { jobs: 1, mails: [] });
  assertEquals(await site.archives(), [archiveOf("2030-05-06"), archiveOf("2030-05-07")]);
  const newest = server.machine.seen(join(DIRECTORY, archiveOf("2030-05-07")));
  assertEquals(await archivedPaths(newest), ["latest/", "latest/index.html", "latest/news.html"]);
});

puppetTest("a job that fails: one mail with the cause, to the manifest's address", async (site) => {
  const environment = " environment => { 'MAILTO' => 'ops@example.com' }";
  await applied(site.client, site.manifest({ backup: environment }));
  // The server has never heard of the client.
  const { jobs, mails } = await site.night(NIGHT);
  assertEquals([jobs, mails.length, mails[0]?.to], [1, 1, "ops@example.com"]);
  assertMatch(mails[0]?.body ?? "", /^roundrobinbackup: [^\n]*Permission denied[^\n]*\n$/);
});

puppetTest("words that cron or its shell could misread arrive as they are", async (site) => {
  const { client, server } = site;
  const names = [
    "100% off",
    "it's",
    'a "b"',
    "$(touch x)",
    "`x`",
    "a&b;c",
    "back\\slash",
    "#é",
    "~",
  ];
  await writeTree(client.seen(SOURCE), Object.fromEntries(names.map((name) => [name, ""])));
  const excludes = names.map((name) => puppetString(name)).join(", ");
  const hook = puppetString(`date +%Y >${SOURCE}year`);
  const backup = `excludes => [${excludes}], hook_before => ${hook}`;
  await applied(client, site.manifest({ backup }));
  await server.accept(await site.publicKey(), DIRECTORY);
  assertEquals(await site.night(NIGHT), { jobs: 1, mails: [] });
  const mirror = server.machine.seen(join(DIRECTORY, "latest"));
  assertEquals(await namesIn(mirror), ["index.html", "year"]);
  assertMatch(await Deno.readTextFile(join(mirror, "year")), /^20\d\d\n$/);
});

puppetTest("ensure => absent: the entry is gone, and cron runs nothing", async (site) => {
  const { client } = site;
  await applied(client, site.manifest());
  const minute = await minuteOf(client, NIGHT);
  await applied(client, site.manifest({ backup: " ensure => absent" }));
  assertEquals(await crontabOf(client), []);
  assertEquals(await site.minute(minute), { jobs: 0, mails: [] });
});
