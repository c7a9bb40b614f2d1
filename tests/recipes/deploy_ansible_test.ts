import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs/exists";
import { join } from "@std/path";
import { type Outcome, outputOf } from "../support/command.ts";
import { Deployment } from "../support/deployment.ts";
import { Page } from "../support/recipes.ts";
import { remoteTest } from "../support/site.ts";

const PAGE = await Page.read("deploy.md");
const PLAYBOOK = PAGE.block("yaml", "# backup.yml\n");
const COMMAND = PAGE.block("sh", "ansible-playbook").trim();
const NO_SHA256 = "0".repeat(64);
const INVENTORY = `[clients]
web1.example.com ansible_connection=local
[backup]
backup.example.com ansible_connection=local
`;

/** Runs the page's command on the playbook with the variables of the test. */
async function play(deployment: Deployment, playbook: string, more = ""): Promise<Outcome> {
  const { site } = deployment.remote;
  await Deno.writeTextFile(join(deployment.files, "inventory"), INVENTORY);
  await Deno.writeTextFile(join(deployment.files, "backup.yml"), playbook);
  const ansible = site.path("ansible");
  // The account is there already, and local connections need no sudo.
  const known = `-e ansible_become=false -e backup_account=${site.account.name}`;
  return await deployment.command(["sh", "-c", `${COMMAND} ${known} ${more}`], {
    ANSIBLE_HOME: ansible,
    ANSIBLE_LOCAL_TEMP: join(ansible, "tmp"),
    ANSIBLE_REMOTE_TEMP: join(ansible, "tmp"),
    ANSIBLE_PYTHON_INTERPRETER: "/usr/bin/python3",
    LC_ALL: "C.UTF-8",
  });
}

remoteTest("Ansible: the playbook deploys what makes backups, and is done then", async (remote) => {
  const { site } = remote;
  const deployment = await Deployment.open(remote);
  const passwd = await outputOf(["getent", "passwd", site.account.name]);
  const playbook = deployment.placed(PLAYBOOK)
    .replace("ssh-ed25519 AAAA…", await deployment.hostKey())
    .replace("shell: /bin/sh", `shell: ${passwd.trim().split(":").at(-1)}`);
  const syntax = await play(deployment, playbook, "--syntax-check");
  assertEquals([syntax.code, syntax.stderr], [0, ""]);

  const program = site.path("usr/roundrobinbackup");
  const wrong = await play(deployment, playbook);
  assert(wrong.code !== 0);
  assertStringIncludes(wrong.stdout, "failed to validate");
  assertEquals(await exists(program), false);

  const file = join(deployment.files, "roundrobinbackup");
  const [sha256 = ""] = (await outputOf(["sha256sum", file])).split(" ");
  const verified = playbook.replace(NO_SHA256, sha256);
  const first = await play(deployment, verified);
  assertEquals(first.code, 0, first.stdout + first.stderr);
  assertEquals(await Deno.readTextFile(program), await Deno.readTextFile(file));
  await deployment.assertCronBacksUp(site.path("srv/web1/project"));

  const second = await play(deployment, verified);
  assertMatch(second.stdout, /^web1\.example\.com +: ok=\d+ +changed=0 +unreachable=0 +failed=0 /m);
}, ["unprivileged"]);
