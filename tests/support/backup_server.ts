/**
 * A backup host: a machine of its own with a real ssh server at port 22.
 *
 * @module
 */

import { exists } from "@std/fs/exists";
import { until } from "./command.ts";
import { ADDRESS, Machine, type Running } from "./machine.ts";

/** The name that clients know the server by, and the account that they log in as. */
export const SERVER = "backup.example.com";
export const ACCOUNT = "deploy";

const CONFIG = `
PidFile none
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
`;

/** A machine with an ssh server; disposing of it ends both, and its clients. */
export class BackupServer implements AsyncDisposable {
  readonly machine: Machine;
  /** Its public host key: type and key. */
  readonly hostKey: string;
  readonly #clients: Machine[] = [];
  #sshd: Running | undefined;

  private constructor(machine: Machine, hostKey: string) {
    this.machine = machine;
    this.hostKey = hostKey;
  }

  /** A new server, with no account for clients yet. */
  static async open(): Promise<BackupServer> {
    const machine = await Machine.open({ name: "backup" });
    try {
      await machine.shell(`
        rm -f /etc/ssh/ssh_host_*
        ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
        mkdir /run/sshd
        ! id ${ACCOUNT} >/dev/null 2>&1 || userdel ${ACCOUNT} 2>/dev/null`);
      const key = await machine.output(["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]);
      const server = new BackupServer(machine, key.split(" ").slice(0, 2).join(" "));
      await server.listen();
      return server;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A machine in the same network that knows where the server is, and nothing more of it. */
  async client(name: string, root?: string): Promise<Machine> {
    const client = await Machine.open({ name, network: this.machine, root });
    this.#clients.push(client);
    await client.shell(`echo "${ADDRESS} ${SERVER}" >>/etc/hosts`);
    return client;
  }

  /** Makes the account and a directory of its own, and lets the public key in. */
  async accept(key: string, directory: string): Promise<void> {
    const script = `
      useradd --create-home --shell /bin/sh --password '*' ${ACCOUNT}
      install -d -o ${ACCOUNT} "$2"
      install -d -o ${ACCOUNT} -m 700 ~${ACCOUNT}/.ssh
      echo "$1" >~${ACCOUNT}/.ssh/authorized_keys`;
    await this.machine.shell(script, key, directory);
  }

  /** Starts the ssh server anew: at the given ports, with sessions that see the given clock. */
  async listen(
    { ports = [22], clock = {} }: { ports?: readonly number[]; clock?: Record<string, string> } =
      {},
  ): Promise<void> {
    await this.#sshd?.end();
    const variables = Object.entries(clock).map(([name, value]) => `"${name}=${value}"`);
    const lines = [
      ...ports.map((port) => `ListenAddress ${ADDRESS}:${port}`),
      ...(variables.length === 0 ? [] : [`SetEnv ${variables.join(" ")}`]),
    ];
    const { machine } = this;
    await Deno.writeTextFile(
      machine.seen("/etc/ssh/sshd_config"),
      `${lines.join("\n")}\n${CONFIG}`,
    );
    await machine.shell("rm -f /run/sshd.log");
    this.#sshd = await machine.start(["/usr/sbin/sshd", "-D", "-E", "/run/sshd.log"]);
    const log = machine.seen("/run/sshd.log");
    await until("the backup host listens", async () => {
      if (!await exists(log)) return false;
      const text = await Deno.readTextFile(log);
      return ports.every((port) => text.includes(`port ${port}.`));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.machine[Symbol.asyncDispose]();
  }
}
