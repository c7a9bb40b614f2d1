/**
 * A machine that is this one and yet its own: the same files, of which it may
 * change all without changing one of ours, with processes, mounts, a network and
 * a name that nobody else sees.
 *
 * @module
 */

import { type Outcome, outcomeOf, outputOf, until } from "./command.ts";
import { runningProcesses } from "./processes.ts";

/** What is other than on the machine that runs the tests. */
export interface MachineOptions {
  /** Its name, of which there is no other in `network`. */
  readonly name: string;
  /** A machine to share a network with; else it has one of its own, with nobody in it. */
  readonly network?: Machine | undefined;
  /** The directory that is its root before it changes anything; else ours. */
  readonly root?: string | undefined;
}

const NAMESPACES = ["--mount", "--pid", "--net", "--uts", "--ipc"];

/** The address in a network that all its machines share; it is for examples, and leads nowhere. */
export const ADDRESS = "192.0.2.1";

/** The root is laid over ours and kept in memory, so that it is gone with the namespace. */
const PREPARE = `
ip link set lo up
ip address replace ${ADDRESS}/32 dev lo
mount -t tmpfs -o mode=755 none /mnt
mkdir /mnt/changes /mnt/work /mnt/root
mount -t overlay -o "lowerdir=$1,upperdir=/mnt/changes,workdir=/mnt/work" none /mnt/root
cd /mnt/root
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc none proc
for directory in dev/shm tmp var/tmp; do mount -t tmpfs -o mode=1777 none "$directory"; done
for directory in run root home; do mount -t tmpfs -o mode=755 none "$directory"; done
hostname "$2"
pivot_root . mnt
umount -l /mnt
rm -f /etc/localtime
printf '127.0.0.1 localhost\\n127.0.1.1 %s.example.com %s\\n' "$2" "$2" >/etc/hosts
`;

/** A machine of its own; its processes and files are gone when it is disposed of. For root alone. */
export class Machine implements AsyncDisposable {
  readonly name: string;
  readonly #holder: Deno.ChildProcess;
  /** Its first process, as we see it. */
  #init = 0;
  readonly #started: Deno.ChildProcess[] = [];

  private constructor(name: string, holder: Deno.ChildProcess) {
    this.name = name;
    this.#holder = holder;
  }

  /** A new machine. */
  static async open({ name, network, root = "/" }: MachineOptions): Promise<Machine> {
    const enter = network === undefined
      ? ["--net"]
      : [`--net=/proc/${network.#init}/ns/net`, "unshare"];
    // The first process ends when its standard input does, with us at the latest; and with it the
    // kernel ends all the others.
    const script = `set -e; ${PREPARE} touch /run/up; read -r _`;
    const unshare = ["--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child"];
    const holder = new Deno.Command(network === undefined ? "unshare" : "nsenter", {
      args: [...enter, ...unshare, "--", "sh", "-c", script, "sh", root, name],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const machine = new Machine(name, holder);
    try {
      let ended = false;
      const status = holder.status.then(() => ended = true);
      await until(`${name} is up`, async () => ended || await machine.#isUp());
      if (ended) {
        await status;
        throw new Error(`Cannot make a machine: ${await new Response(holder.stderr).text()}`);
      }
      await holder.stderr.cancel();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #isUp(): Promise<boolean> {
    const all = await runningProcesses();
    this.#init = all.find(({ parent }) => parent === this.#holder.pid)?.pid ?? 0;
    return this.#init !== 0 && (await outcomeOf(["test", "-e", this.seen("/run/up")])).code === 0;
  }

  /** `argv` as it is run there. */
  argv(argv: readonly string[]): string[] {
    return ["nsenter", `--target=${this.#init}`, ...NAMESPACES, "--", ...argv];
  }

  /** Where we see what is `path` there: absolute links on the way would lead to our own files. */
  seen(path: string): string {
    return `/proc/${this.#init}/root${path}`;
  }

  /** Runs a program there that has to succeed, by root, with little environment. */
  async output(argv: readonly string[], env: Record<string, string> = {}): Promise<string> {
    return await outputOf(this.argv(argv), { cwd: "/", env: { ...ENVIRONMENT, ...env } });
  }

  /** Runs a program there. */
  async outcome(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    return await outcomeOf(this.argv(argv), { cwd: "/", env: { ...ENVIRONMENT, ...env } });
  }

  /** Runs a shell script there that has to succeed, and gives what it prints. */
  async shell(script: string, ...parameters: string[]): Promise<string> {
    return await this.output(["sh", "-euc", script, "sh", ...parameters]);
  }

  /** Starts a program there that goes on until {@linkcode Running.end}, or the machine's end. */
  async start(argv: readonly string[], env: Record<string, string> = {}): Promise<Running> {
    const [program = "", ...args] = this.argv(argv);
    const child = new Deno.Command(program, {
      args,
      cwd: "/",
      clearEnv: true,
      env: { ...ENVIRONMENT, ...env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#started.push(child);
    // nsenter waits for the one process that it starts inside.
    let pid = 0;
    await until(`${argv[0]} runs`, async () => {
      const all = await runningProcesses();
      pid = all.find(({ parent }) => parent === child.pid)?.pid ?? 0;
      return pid !== 0;
    });
    return {
      pid,
      async end() {
        await outcomeOf(["kill", String(pid)]);
        await child.status;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stdin.close();
    await this.#holder.status;
    for (const child of this.#started) await child.status;
  }
}

/** A program that runs on a machine. */
export interface Running {
  /** As we see it. */
  readonly pid: number;
  end(): Promise<void>;
}

const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LC_ALL: "C.UTF-8",
};
