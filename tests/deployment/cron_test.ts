import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs/exists";
import { fromFileUrl } from "@std/path";

import { archiveOf } from "../support/archives.ts";
import { until } from "../support/command.ts";
import { CronDaemon, mailsOf } from "../support/cron.ts";
import { cronLine, cronTest, DIRECTORY, NIGHT } from "../support/cron_site.ts";
import { archivedPaths, namesIn } from "../support/tree.ts";

const README = await Deno.readTextFile(fromFileUrl(new URL("../../README.md", import.meta.url)));
const ARCHIVE = archiveOf("2030-05-06");

cronTest(
  "cron gives a job nothing that a terminal would: what the other tests stand on",
  async (site) => {
    await site.crontab("0 3 * * * env; tty");
    const { jobs, mails } = await site.minute();
    assertEquals([jobs, mails.length], [1, 1]);
    const words = (mails[0]?.body ?? "").trimEnd().split("\n");
    const clock = /^(FAKETIME|LD_PRELOAD|NO_FAKE_STAT)/;
    assertEquals(words.filter((line) => !clock.test(line)).sort(), [
      "HOME=/root",
      "LOGNAME=root",
      "PATH=/usr/bin:/bin",
      "PWD=/root",
      "SHELL=/bin/sh",
      "not a tty",
    ]);
  },
);

cronTest("README: cron runs the line; an archive on the server, and no mail", async (site) => {
  const [, block = ""] = /^```crontab\n([^]*?)^```/m.exec(README) ?? [];
  await site.write({ ".git/config": "git" });
  await site.crontab(...block.trimEnd().split("\n"));
  assertEquals(await site.minute(NIGHT.with({ hour: 2, minute: 30 })), { jobs: 1, mails: [] });
  assertEquals(await site.archives(), [ARCHIVE]);
  const archive = site.server.machine.seen(`${DIRECTORY}/${ARCHIVE}`);
  assertEquals(await archivedPaths(archive), ["latest/", "latest/index.html"]);
});

cronTest("two nights: two archives, and no mail", async (site) => {
  await site.crontab(cronLine());
  assertEquals(await site.minute(), { jobs: 1, mails: [] });
  await site.write({ "news.html": "more" });
  assertEquals(await site.minute(NIGHT.add({ days: 1 })), { jobs: 1, mails: [] });
  assertEquals(await site.archives(), [ARCHIVE, archiveOf("2030-05-07")]);
});

cronTest("a percent sign that cron has to be told of arrives as one", async (site) => {
  await site.write({ "100%.html": "left out", "100.html": "content" });
  await site.crontab(cronLine("--exclude", String.raw`'100\%*'`));
  assertEquals(await site.minute(), { jobs: 1, mails: [] });
  const names = await namesIn(site.server.machine.seen(`${DIRECTORY}/latest`));
  assertEquals(names, ["100.html", "index.html"]);
});

cronTest("--before and --after run, --on-failure does not, when all is well", async (site) => {
  await site.crontab(cronLine(
    ...["--before", `'echo dump >/var/www/project/dump; echo noise'`],
    ...["--after", `'echo "$RRB_RESULT $RRB_ARCHIVE" >/root/after'`],
    ...["--on-failure", "'touch /root/on-failure'"],
  ));
  assertEquals(await site.minute(), { jobs: 1, mails: [] });
  const { client, server } = site;
  assertEquals(await Deno.readTextFile(client.seen("/root/after")), `made ${ARCHIVE}\n`);
  assertEquals(await exists(client.seen("/root/on-failure")), false);
  const names = await namesIn(server.machine.seen(`${DIRECTORY}/latest`));
  assertEquals(names, ["dump", "index.html"]);
});

cronTest("--on-failure learns why, and its silence leaves the one mail", async (site) => {
  await site.crontab(cronLine(
    ...["--before", "'echo no such database >&2; exit 4'", "--after", "'touch /root/after'"],
    ...["--on-failure", `'echo "$RRB_STATUS $RRB_ERROR" >/root/on-failure'`],
  ));
  const { mails } = await site.minute();
  assertEquals(mails.length, 1);
  const noted = await Deno.readTextFile(site.client.seen("/root/on-failure"));
  assertEquals(`roundrobinbackup: ${noted}`, mails[0]?.body.replace(": ", ": 1 "));
  assertEquals(await exists(site.client.seen("/root/after")), false);
});

cronTest(
  "a run that the last one still holds up: status 75, one mail names the holder",
  async (site) => {
    const { client, server } = site;
    const tar = `#!/bin/sh
touch /tmp/packing; while [ -e /tmp/packing ]; do sleep 0.05; done
exec /usr/bin/tar "$@"\n`;
    await Deno.writeTextFile(server.machine.seen("/usr/local/bin/tar"), tar, { mode: 0o755 });
    await site.crontab(cronLine("--lock-wait=0").replace("0 3", "0,1 3") + "; echo status $?");
    await site.listen();
    await using cron = await CronDaemon.start(client, NIGHT);
    await until(
      "the second run has told of itself",
      async () => (await mailsOf(client)).length > 0,
    );
    assertEquals(await cron.begun(), 2);
    await Deno.remove(server.machine.seen("/tmp/packing"));
    await cron.minuteIsOver();
    const [second, first, ...others] = await mailsOf(client);
    assertEquals([first?.body, others], ["status 0\n", []]);
    assertMatch(second?.body ?? "", /^roundrobinbackup: [^\n]*\nstatus 75\n$/);
    assertStringIncludes(second?.body ?? "", "web1");
    assertEquals(await site.archives(), [ARCHIVE]);
    assert(await exists(server.machine.seen(`${DIRECTORY}/${ARCHIVE}.sha256`)));
  },
);
