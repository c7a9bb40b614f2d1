/**
 * Machines for Puppet: real ones in all that a manifest touches, with an `/etc`, accounts, crontabs
 * and, if asked for, a systemd of their own. Nothing of the machine that runs the tests changes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl, join, resolve } from "@std/path";
import { type Outcome, outcomeOf, outputOf, until } from "./command.ts";

const REPOSITORY = fromFileUrl(new URL("../..", import.meta.url));

/** Where the modules are. */
export const MODULES = join(REPOSITORY, "puppet");

/** Where Debian puts the modules that ours need. */
const SYSTEM_MODULES = "/usr/share/puppet/modules";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A program that says what it was given: into $ARGUMENTS, or on standard output; a NUL after each. */
const ARGUMENTS_PRINTER = `#!/bin/sh
if [ -n "\${ARGUMENTS:-}" ]; then exec >"$ARGUMENTS"; fi
printf '%s\\0' "$@"
`;

/** Options of {@linkcode PuppetMachine.open}. */
export interface MachineOptions {
  /** Whether systemd runs in it. */
  readonly systemd?: boolean;
  /** The binary that the module lays down; by default one that prints its arguments. */
  readonly program?: string;
}

/** How `puppet apply` ended: with 2 it has changed something, with 0 there was nothing to do. */
export interface ApplyOptions {
  readonly noop?: boolean;
}

/** A machine of its own; it is gone when it is disposed of. For root alone. */
export class PuppetMachine implements AsyncDisposable {
  readonly #directory: string;
  readonly #holder: Deno.ChildProcess;
  #first = 0;
  #manifests = 0;

  private constructor(directory: string, holder: Deno.ChildProcess) {
    this.#directory = directory;
    this.#holder = holder;
  }

  /** A new machine on which the modules have not been applied yet. */
  static async open({ systemd = false, program }: MachineOptions = {}): Promise<PuppetMachine> {
    const directory = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "rrb_machine-" });
    const root = join(directory, "root");
    const printer = join(directory, "printer");
    await Deno.mkdir(root);
    await Deno.writeTextFile(printer, ARGUMENTS_PRINTER, { mode: 0o755 });
    const script = fromFileUrl(new URL("machine.sh", import.meta.url));
    const spaces = ["--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup"];
    // A control group of its own, so that systemd's are below it.
    const group = `group=$(${CONTROL_GROUP}) && mkdir "$group" && echo $$ >"$group/cgroup.procs"`;
    const [first, start] = systemd ? ["systemd", `${group} || exit 1`] : ["sleep", ":"];
    const holder = new Deno.Command("sh", {
      args: [
        ...["-c", `name=$1; shift; ${start}; exec unshare "$@"`, "sh", groupName(directory)],
        ...[...spaces, "--fork", "--kill-child", "--", "sh", script],
        ...[root, MODULES, program === undefined ? printer : resolve(program), first],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const machine = new PuppetMachine(directory, holder);
    try {
      await machine.#started(systemd);
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #started(systemd: boolean): Promise<void> {
    await until("the machine is there", async () => {
      const { stdout } = await outcomeOf(["ps", "-o", "pid=", "--ppid", String(this.#holder.pid)]);
      this.#first = Number(stdout.trim());
      if (this.#first === 0) return false;
      return (await outcomeOf(["test", "-e", this.seen("/machine/ready")])).code === 0;
    });
    if (!systemd) return;
    await until("systemd has started", async () => {
      const { stdout } = await this.outcome(["systemctl", "is-active", "machine.target"]);
      return stdout.trim() === "active";
    });
  }

  /** `argv` as it is run inside, by root. */
  argv(argv: readonly string[]): string[] {
    const spaces = ["--mount", "--net", "--pid", "--uts", "--ipc"];
    const environment = ["env", "-i", `PATH=${PATH}`, "HOME=/root", "LC_ALL=C.UTF-8"];
    return ["nsenter", `--target=${this.#first}`, ...spaces, "--", ...environment, ...argv];
  }

  /** Where we see what is `path` inside. */
  seen(path: string): string {
    return `/proc/${this.#first}/root${path}`;
  }

  /** Runs a command inside. */
  async outcome(argv: readonly string[]): Promise<Outcome> {
    return await outcomeOf(this.argv(argv));
  }

  /** Runs a command inside that has to succeed. */
  async output(argv: readonly string[]): Promise<string> {
    return await outputOf(this.argv(argv));
  }

  /** The text of a file. */
  async text(path: string): Promise<string> {
    return await this.output(["cat", "--", path]);
  }

  /** Writes a file, with the directories on the way. */
  async write(path: string, text: string, { mode = 0o644 } = {}): Promise<void> {
    const script = 'mkdir -p -- "$(dirname -- "$1")"; cat >"$1"; chmod "$2" "$1"';
    const argv = this.argv(["sh", "-ec", script, "sh", path, mode.toString(8)]);
    const { code, stderr } = await outcomeOf(argv, { stdin: text });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  }

  /** Applies a manifest. */
  async apply(manifest: string, { noop = false }: ApplyOptions = {}): Promise<Outcome> {
    const file = `/machine/manifest${++this.#manifests}.pp`;
    await this.write(file, manifest);
    return await this.outcome([
      ...["puppet", "apply", "--detailed-exitcodes", "--color=false"],
      ...["--confdir", "/machine/conf", "--vardir", "/machine/var"],
      ...["--modulepath", `/machine/modules:${SYSTEM_MODULES}`, ...(noop ? ["--noop"] : []), file],
    ]);
  }

  /** Applies a manifest that has to change something, and nothing more when it is applied again. */
  async converge(manifest: string): Promise<void> {
    assertChanged(await this.apply(manifest), 2);
    assertChanged(await this.apply(manifest), 0);
  }

  /** The crontab of an account, without comments. */
  async crontab(account = "root"): Promise<string[]> {
    const { stdout } = await this.outcome(["crontab", "-u", account, "-l"]);
    return stdout.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // With it goes the first process, and with that one all others.
    this.#holder.kill("SIGKILL");
    await this.#holder.status;
    const group = (await outcomeOf(["sh", "-c", `name=$1; ${CONTROL_GROUP}`, "sh", this.#name]))
      .stdout.trim();
    await until("the machine has ended", async () => {
      const remove = ["find", group, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"];
      await outcomeOf(remove);
      const { code } = await outcomeOf(["test", "-e", group]);
      return code !== 0 && (await outcomeOf(["test", "-e", this.seen("/")])).code !== 0;
    });
    await Deno.remove(this.#directory, { recursive: true });
  }

  get #name(): string {
    return groupName(this.#directory);
  }
}

/** A shell's way to the control group `$name` below that of this process. */
const CONTROL_GROUP = "if [ -d /sys/fs/cgroup/systemd ]; then base=/sys/fs/cgroup/systemd; " +
  "own=$(sed -n 's/^[0-9]*:name=systemd://p' /proc/self/cgroup); " +
  "else base=/sys/fs/cgroup; own=$(sed -n 's/^0:://p' /proc/self/cgroup); fi; " +
  'echo "$base$own/$name"';

function groupName(directory: string): string {
  return directory.replace(/.*\//, "");
}

/** Fails, showing what Puppet said, unless it ended with `code`. */
export function assertChanged({ code, stdout, stderr }: Outcome, expected: 0 | 2): void {
  if (code !== expected || stderr !== "") {
    throw new Error(`puppet apply ended with ${code}, not with ${expected}:\n${stdout}${stderr}`);
  }
}

/** A text as Puppet reads it: in single quotes. */
export function puppetString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Whether systemd can run in a machine here: where it cannot, its tests are left out. */
export async function systemdRuns(): Promise<boolean> {
  if (Deno.uid() !== 0) return false;
  try {
    await using _machine = await PuppetMachine.open({ systemd: true });
    return true;
  } catch {
    return false;
  }
}
