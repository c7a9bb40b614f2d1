import { assertEquals } from "@std/assert";
import { archiveOf } from "../support/archives.ts";
import { bareDebian } from "../support/bare_debian.ts";
import { prepareCron } from "../support/cron.ts";
import { machineTest } from "../support/cron_site.ts";
import { applied } from "../support/manifest.ts";
import { PuppetSite } from "../support/puppet_site.ts";

const NIGHT = Temporal.PlainDate.from("2030-05-06");

machineTest(
  "three lines on a bare Debian: all that is missing is installed, then archives",
  async () => {
    await using debian = await bareDebian();
    await using site = await PuppetSite.open(debian.root);
    const { client } = site;
    const programs = ["sh", "-c", "command -v rsync ssh ssh-keygen cron crontab roundrobinbackup"];
    assertEquals((await client.outcome(programs)).stdout, "");

    assertEquals(await applied(client, site.manifest()), true);
    assertEquals(await applied(client, site.manifest()), false);
    await site.setUpServer();
    await prepareCron(client);
    assertEquals(await site.night(NIGHT), { jobs: 1, mails: [] });
    assertEquals(await applied(client, site.manifest()), false);
    assertEquals(await site.night(NIGHT.add({ days: 1 })), { jobs: 1, mails: [] });
    assertEquals(await site.archives(), [archiveOf("2030-05-06"), archiveOf("2030-05-07")]);
  },
);
