/**
 * A machine with the program and cron, and the server that it backs up to.
 *
 * @module
 */

import { resolve } from "@std/path";
import { archivesIn } from "./archives.ts";
import { ACCOUNT, BackupServer, SERVER } from "./backup_server.ts";
import { clockFrom, cronMinute, hideCrontabs, type Mail, prepareCron } from "./cron.ts";
import type { Machine } from "./machine.ts";
import { writeTree } from "./tree.ts";

/** What the README's crontab names. */
export const SOURCE = "/var/www/project/";
export const DIRECTORY = "/srv/backup/project";
export const DESTINATION = `${ACCOUNT}@${SERVER}:${DIRECTORY}`;
const IDENTITY = "/root/.ssh/backup";
const PORTS = [22, 2222];

/** A minute at night. */
export const NIGHT = Temporal.PlainDateTime.from("2030-05-06T03:00");

/** The binary under test, which is what is deployed. */
export function binaryUnderTest(): string {
  const named = Deno.env.get("RRB_PROGRAM");
  if (named === undefined) throw new Error("RRB_PROGRAM has to name the binary: scripts/build");
  return resolve(named);
}

/** A client set up by hand, with something to back up, and its server. */
export class CronSite implements AsyncDisposable {
  readonly server: BackupServer;
  readonly client: Machine;

  private constructor(server: BackupServer, client: Machine) {
    this.server = server;
    this.client = client;
  }

  static async open(): Promise<CronSite> {
    const server = await BackupServer.open();
    try {
      const client = await server.client("web1");
      await hideCrontabs(client);
      await prepareCron(client);
      await Deno.copyFile(binaryUnderTest(), client.seen("/usr/local/bin/roundrobinbackup"));
      const known = PORTS.map((port) => `${port === 22 ? SERVER : `[${SERVER}]:${port}`}`);
      await client.shell(
        `mkdir -m 700 ~/.ssh
        ssh-keygen -q -t ed25519 -N '' -f "$1"
        echo "$2" >~/.ssh/known_hosts`,
        IDENTITY,
        `${known.join(",")} ${server.hostKey}`,
      );
      await server.accept(await client.output(["cat", `${IDENTITY}.pub`]), "/srv/backup");
      const site = new CronSite(server, client);
      await site.write({ "index.html": "content" });
      return site;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Writes files into the source. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    await writeTree(this.client.seen(SOURCE), files);
  }

  /** Makes these lines root's crontab. */
  async crontab(...lines: readonly string[]): Promise<void> {
    const file = "/root/crontab";
    await Deno.writeTextFile(this.client.seen(file), lines.map((line) => `${line}\n`).join(""));
    await this.client.output(["crontab", file]);
  }

  /** Lets a minute come, on both machines. */
  async minute(minute = NIGHT): Promise<{ jobs: number; mails: Mail[] }> {
    await this.listen(minute);
    return await cronMinute(this.client, minute);
  }

  /** Lets the server see the time of a minute of cron. */
  async listen(minute = NIGHT): Promise<void> {
    await this.server.listen({ ports: PORTS, clock: await clockFrom(minute) });
  }

  /** The archives on the server. */
  async archives(): Promise<string[]> {
    return await archivesIn(this.server.machine.seen(DIRECTORY));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** A line of a crontab that backs up in the minute of {@linkcode NIGHT}. */
export function cronLine(...options: readonly string[]): string {
  const command = ["/usr/local/bin/roundrobinbackup", SOURCE, DESTINATION, "-i", IDENTITY];
  return ["0 3 * * *", ...command, ...options].join(" ");
}

/** A test on machines of its own, which root alone can make. */
export function cronTest(name: string, test: (site: CronSite) => Promise<void>): void {
  machineTest(name, async () => {
    await using site = await CronSite.open();
    await test(site);
  });
}

/** A test that makes machines, which root alone can. */
export function machineTest(name: string, test: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.uid() !== 0, fn: test });
}
