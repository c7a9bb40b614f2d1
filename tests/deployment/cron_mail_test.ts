import { assertEquals, assertMatch } from "@std/assert";
import { exists } from "@std/fs/exists";
import { cronLine, type CronSite, cronTest, DIRECTORY, NIGHT } from "../support/cron_site.ts";

/** A way for a job to fail, and what the mail has to say of it. */
interface Failure {
  readonly title: string;
  readonly arrange?: (site: CronSite) => Promise<unknown>;
  readonly options?: readonly string[];
  readonly cause: RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    title: "SOURCE is missing",
    arrange: ({ client }) => client.shell("rm -r /var/www/project"),
    cause: /"\/var\/www\/project\/?".*(does not exist|is missing|no such)/i,
  },
  {
    title: "--before fails",
    options: ["--before", "'echo no such database >&2; exit 4'"],
    cause: /--before command failed \(status 4\): no such database/,
  },
  {
    title: "the host key is not known",
    arrange: ({ client }) => client.shell("rm ~/.ssh/known_hosts"),
    cause: /host key/i,
  },
  {
    title: "the key is refused",
    arrange: ({ server }) => server.machine.shell("rm ~deploy/.ssh/authorized_keys"),
    cause: /Permission denied/i,
  },
  {
    title: "the server does not answer",
    options: ["--retries=0", "--ssh-port=23"],
    cause: /Cannot reach .*backup\.example\.com/,
  },
  {
    title: "there is no space on the server",
    arrange: ({ server }) =>
      server.machine.shell(
        `mount -t tmpfs -o size=64k,mode=777 none /srv/backup; head -c 65536 /dev/zero >/srv/backup/full || :`,
      ),
    cause: /No space left on device/,
  },
];

for (const { title, arrange, options = [], cause } of FAILURES) {
  cronTest(`${title}: one mail, with the cause in one line, and no archive`, async (site) => {
    await arrange?.(site);
    await site.crontab(cronLine(...options));
    const { jobs, mails } = await site.minute();
    assertEquals([jobs, mails.length, mails[0]?.to], [1, 1, "root"]);
    assertMatch(mails[0]?.body ?? "", /^roundrobinbackup: [^\n]+\n$/);
    assertMatch(mails[0]?.body ?? "", cause);
    const made = await exists(site.server.machine.seen(DIRECTORY)) ? await site.archives() : [];
    assertEquals(made, []);
  });
}

cronTest("SOURCE has become much smaller: the archive is made, and one mail asks", async (site) => {
  for (let i = 0; i < 8; i++) await site.write({ [`${i}.html`]: "content" });
  await site.crontab(cronLine());
  assertEquals(await site.minute(), { jobs: 1, mails: [] });
  await site.client.shell("rm /var/www/project/?.html");
  const { mails } = await site.minute(NIGHT.add({ days: 1 }));
  assertEquals(mails.length, 1);
  assertMatch(mails[0]?.body ?? "", /^roundrobinbackup: [^\n]*--accept-shrink[^\n]*\n$/);
  assertEquals((await site.archives()).length, 2);
});
