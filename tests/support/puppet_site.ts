/**
 * A client and a backup host that Puppet sets up from nothing.
 *
 * @module
 */

import { archivesIn } from "./archives.ts";
import { BackupServer, SERVER } from "./backup_server.ts";
import { clockFrom, cronMinute, hideCrontabs, type Mail, prepareCron } from "./cron.ts";
import { machineTest } from "./cron_site.ts";
import type { Machine } from "./machine.ts";
import { applied, layModules, minuteOf } from "./manifest.ts";
import { writeTree } from "./tree.ts";

/** What the modules make of the title `project_name`. */
export const SOURCE = "/data/websites/project_name/";
export const DIRECTORY = "/data/available-websites/project_name/backup";

/** A client and a server with the modules, on which nothing has been applied yet. */
export class PuppetSite implements AsyncDisposable {
  readonly server: BackupServer;
  readonly client: Machine;

  private constructor(server: BackupServer, client: Machine) {
    this.server = server;
    this.client = client;
  }

  /** A new site; its client is `root` where that is given. */
  static async open(root?: string): Promise<PuppetSite> {
    const server = await BackupServer.open();
    try {
      const client = await server.client("web1", root);
      await layModules(client);
      await layModules(server.machine);
      await writeTree(client.seen(SOURCE), { "index.html": "content" });
      return new PuppetSite(server, client);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The shortest manifest: what is wanted, where it goes, and how that is known for sure. */
  manifest({ backup = "", common = "" } = {}): string {
    return `class { 'roundrobinbackup':
  server => '${SERVER}', server_host_keys => ['${this.server.hostKey}'],${common} }
backup { 'project_name':${backup} }\n`;
  }

  /** The key that Puppet has made on the client: type and key. */
  async publicKey(): Promise<string> {
    const key = await this.client.output(["cat", "/etc/roundrobinbackup/id_ed25519.pub"]);
    return key.split(" ").slice(0, 2).join(" ");
  }

  /** Lets Puppet set up the server, for the key that it has made on the client. */
  async setUpServer(): Promise<void> {
    const keys = `['${await this.publicKey()}']`;
    await applied(
      this.server.machine,
      `class { 'roundrobinbackup::server': clients => { 'web1' => { keys => ${keys} } } }\n`,
    );
  }

  /** Lets the minute of the only entry come, on both machines. */
  async night(date: Temporal.PlainDate): Promise<{ jobs: number; mails: Mail[] }> {
    return await this.minute(await minuteOf(this.client, date));
  }

  /** Lets a minute come, on both machines. */
  async minute(minute: Temporal.PlainDateTime): Promise<{ jobs: number; mails: Mail[] }> {
    await this.server.listen({ clock: await clockFrom(minute) });
    return await cronMinute(this.client, minute);
  }

  /** The archives on the server. */
  async archives(): Promise<string[]> {
    return await archivesIn(this.server.machine.seen(DIRECTORY));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** A test of Puppet on machines that have what `scripts/test` installs. */
export function puppetTest(name: string, test: (site: PuppetSite) => Promise<void>): void {
  machineTest(name, async () => {
    await using site = await PuppetSite.open();
    await hideCrontabs(site.client);
    await prepareCron(site.client);
    await test(site);
  });
}
