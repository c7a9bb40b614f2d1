/**
 * A backup host and a client to deploy to, both in one site: what a page names is found
 * there, and nothing else of the machine is touched.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "./archives.ts";
import { type Outcome, outputOf } from "./command.ts";
import type { RemoteSite } from "./site.ts";
import { writeTree } from "./tree.ts";

/** A backup host that does not know the client yet, and a client that does not know it. */
export class Deployment {
  readonly remote: RemoteSite;
  /** Where the binary lies before it is deployed. */
  readonly files: string;
  /** Where the cron line goes. */
  readonly cronFile: string;
  readonly #bin: string;

  private constructor(remote: RemoteSite) {
    this.remote = remote;
    this.files = remote.site.path("files");
    this.cronFile = remote.site.path("cron.d/roundrobinbackup");
    this.#bin = remote.site.path("bin");
  }

  static async open(remote: RemoteSite): Promise<Deployment> {
    const { site, server } = remote;
    const deployment = new Deployment(remote);
    await writeTree(site.source, { "index.html": "content" });
    for (const name of ["usr", "client", "home", "srv", "cron.d", "accounts/etc"]) {
      await Deno.mkdir(site.path(name), { recursive: true });
    }
    for (const name of ["passwd", "group", "shadow"]) {
      await Deno.writeTextFile(site.path("accounts/etc", name), "");
    }
    const program = (await site.programArgv()).map((word) => `'${word}'`).join(" ");
    const address = `-o Port=${server.port} -o HostName=${server.host}`;
    await writeTree(site.directory, {
      "files/roundrobinbackup": `#!/bin/sh\nexec ${program} "$@"\n`,
      "bin/ssh": `#!/bin/sh
exec '${server.strangerBin}/ssh' ${address} -o HostKeyAlias=backup.example.com "$@"\n`,
      "bin/useradd": `#!/bin/sh\nexec /usr/sbin/useradd --prefix '${site.path("accounts")}' "$@"\n`,
      "bin/usermod": "#!/bin/sh\necho an account is changed >&2\nexit 1\n",
    });
    const executable = ["files/roundrobinbackup", "bin/ssh", "bin/useradd", "bin/usermod"];
    for (const name of executable) await Deno.chmod(site.path(name), 0o755);
    return deployment;
  }

  /** The backup host's public key: its type and the key. */
  async hostKey(): Promise<string> {
    const file = join(dirname(this.remote.server.identityFile), "host_key.pub");
    return (await Deno.readTextFile(file)).split(" ").slice(0, 2).join(" ");
  }

  /** `text` of a page with the places of this deployment in it. */
  placed(text: string): string {
    const { site, server } = this.remote;
    const keys = dirname(server.identityFile);
    const places = {
      "/root/.ssh/known_hosts": join(server.strangerBin, "known_hosts"),
      "/root/.ssh": site.path("client/.ssh"),
      "/usr/local/bin/": `${site.path("usr")}/`,
      "/home/web1/.ssh/authorized_keys": join(keys, "authorized_keys"),
      "/home/{{ backup_account }}/.ssh/authorized_keys": join(keys, "authorized_keys"),
      "/etc/ssh/ssh_host_ed25519_key.pub": join(keys, "host_key.pub"),
      "/home/": `${site.path("home")}/`,
      "/srv/backup/": `${site.path("srv")}/`,
      "/var/www/project/": `${site.source}/`,
      "/etc/cron.d/roundrobinbackup": this.cronFile,
      "cron_file: roundrobinbackup": `cron_file: ${this.cronFile}`,
      "--splay 3h": "--splay 1s",
      "web1@": `${site.account.name}@`,
      "-o web1 -g web1": `-o ${site.account.name} -g ${site.account.name}`,
    };
    return Object.entries(places).reduce((line, [from, to]) => line.replaceAll(from, to), text);
  }

  /** Runs a command where the binary lies. */
  async command(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    return await this.remote.site.command(argv, { path: [this.#bin], cwd: this.files, env });
  }

  /** Runs a shell block of a page; gives what it printed. */
  async shell(block: string): Promise<string> {
    const outcome = await this.command(["sh", "-ec", block]);
    assertEquals({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: "" }, block);
    return outcome.stdout;
  }

  /** Runs the deployed cron line with cron's PATH, and checks the archive that it makes. */
  async assertCronBacksUp(destination: string): Promise<void> {
    const lines = (await Deno.readTextFile(this.cronFile)).trimEnd().split("\n")
      .filter((line) => !line.startsWith("#"));
    assertEquals(lines.length, 1);
    const [, user, command = ""] = /^30 2 \* \* \* (\S+) (.*)$/.exec(lines[0] ?? "") ?? [];
    assertEquals(user, "root");
    assert(!command.includes("%"), command);
    const outcome = await this.remote.site.command(["sh", "-c", command], {
      env: { PATH: `${this.#bin}:/usr/bin:/bin` },
    });
    assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
    assertEquals(await archivesIn(destination), [TODAYS_ARCHIVE]);
    await outputOf(["tar", "-tjf", join(destination, TODAYS_ARCHIVE), "latest/index.html"]);
  }
}
