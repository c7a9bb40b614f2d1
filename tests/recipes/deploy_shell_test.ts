import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Deployment } from "../support/deployment.ts";
import { Page } from "../support/recipes.ts";
import { remoteTest } from "../support/site.ts";

const PAGE = await Page.read("deploy.md");
const ACCOUNT_KEY = "ssh-ed25519 AAAA… backup of web1";
const HOST_KEY = "backup.example.com ssh-ed25519 AAAA…";

remoteTest("plain shell: the page's blocks, one after the other, make backups", async (remote) => {
  const { site } = remote;
  const deployment = await Deployment.open(remote);
  const program = PAGE.block("sh", "# client: the program and a key\n");
  const account = PAGE.block("sh", "# backup host: the account\n");
  const cron = PAGE.block("sh", "# client: the host's key and cron\n");
  assertStringIncludes(account, ACCOUNT_KEY);
  assertStringIncludes(cron, HOST_KEY);

  const publicKey = (await deployment.shell(deployment.placed(program))).trim();
  assertMatch(publicKey, /^ssh-ed25519 \S+ backup of /);
  // Neither side knows the other yet.
  const [attempt = ""] = cron.split("\n").filter((line) => line.startsWith("/usr/local/bin/"));
  const early = await deployment.command(["sh", "-c", deployment.placed(attempt)]);
  assertEquals(early.code, 1);
  assertStringIncludes(early.stderr, "Host key verification failed");

  const hostKey = await deployment.shell(
    deployment.placed(account.replace(ACCOUNT_KEY, publicKey)),
  );
  assertEquals(hostKey.trim(), await deployment.hostKey());
  assertMatch(await Deno.readTextFile(site.path("accounts/etc/passwd")), /^web1:.*:\/bin\/sh$/m);
  assertEquals((await Deno.stat(site.path("srv/web1"))).mode ?? 0, 0o040700);

  const pinned = `backup.example.com ${hostKey.trim()}`;
  await deployment.shell(deployment.placed(cron.replace(HOST_KEY, pinned)));
  await deployment.assertCronBacksUp(site.path("srv/web1/project"));
}, ["root"]);
