/**
 * Linux namespaces: mounts and a network that only the processes of one test see.
 *
 * @module
 */

import { join } from "@std/path";
import { type Outcome, outcomeOf, outputOf, until } from "./command.ts";
import { runningProcesses } from "./processes.ts";
import type { RemoteSite, Site } from "./site.ts";
import { SSHD_CONFIG } from "./sshd.ts";

/** Mounts and a network of their own; they are gone when it is disposed of. For root alone. */
export class Namespace implements AsyncDisposable {
  readonly #holder: Deno.ChildProcess;

  private constructor(holder: Deno.ChildProcess) {
    this.#holder = holder;
  }

  /** A new namespace, in which `script` has run. */
  static async open(script: string, ...parameters: string[]): Promise<Namespace> {
    const holder = new Deno.Command("unshare", {
      // The shell keeps the namespaces until its standard input is closed.
      args: ["--mount", "--net", "--", "sh", "-c", "read -r _", "sh"],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const namespace = new Namespace(holder);
    try {
      await until("there is a namespace", () => namespace.#isApart());
      await namespace.output(["sh", "-ec", `ip link set lo up; ${script}`, "sh", ...parameters]);
      return namespace;
    } catch (error) {
      await namespace[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #isApart(): Promise<boolean> {
    const links = ["mnt", "net"].map((kind) => `ns/${kind}`);
    for (const link of links) {
      const theirs = await Deno.readLink(`/proc/${this.#holder.pid}/${link}`);
      if (theirs === await Deno.readLink(`/proc/self/${link}`)) return false;
    }
    return true;
  }

  /** `argv` as it is run inside. */
  argv(argv: readonly string[]): string[] {
    return ["nsenter", `--target=${this.#holder.pid}`, "--mount", "--net", "--", ...argv];
  }

  /** Where we see what is `path` inside. */
  seen(path: string): string {
    return `/proc/${this.#holder.pid}/root${path}`;
  }

  /** Runs a command inside that has to succeed. */
  async output(argv: readonly string[]): Promise<string> {
    return await outputOf(this.argv(argv));
  }

  /** Runs a command inside. */
  async outcome(argv: readonly string[]): Promise<Outcome> {
    return await outcomeOf(this.argv(argv));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stdin.close();
    await this.#holder.status;
  }
}

/** The site's destination as a small disk of its own. */
export async function openDisk(site: Site, options: string): Promise<Namespace> {
  await Deno.mkdir(site.destination);
  return await Namespace.open(
    'mount -t tmpfs -o "$1" none "$2"',
    `${options},mode=755`,
    site.destination,
  );
}

/** Runs the server of `remote` a second time, inside. Disposing of it ends it. */
export async function startSshdInside(
  namespace: Namespace,
  remote: RemoteSite,
): Promise<AsyncDisposable> {
  const file = (name: string) => remote.site.path("sshd", name);
  const { stdout } = await outcomeOf(["sh", "-c", "PATH=$PATH:/usr/sbin command -v sshd"]);
  const sshd = [stdout.trim(), "-D", "-f", file(SSHD_CONFIG), "-E", file("log_inside")];
  const [program = "", ...args] = namespace.argv(sshd);
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" })
    .spawn();
  await until("sshd listens inside", async () => {
    const { stdout } = await outcomeOf(["cat", file("log_inside")]);
    return stdout.includes("Server listening on");
  });
  return {
    async [Symbol.asyncDispose]() {
      const sessions = (await runningProcesses()).filter(({ parent }) => parent === child.pid);
      for (const { pid } of sessions) await outcomeOf(["kill", String(pid)]);
      child.kill();
      await child.status;
    },
  };
}

/** Where the work of a destination lies. */
export function workIn(destination: string): string {
  return join(destination, ".roundrobinbackup");
}
