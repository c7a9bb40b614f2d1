/**
 * What a test of the program works in: directories, an account, an ssh server,
 * and the check that nothing is left behind.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { type Account, type AccountKind, argvAs, testAccounts } from "./account.ts";
import { type Outcome, outcomeOf, outputOf, until } from "./command.ts";
import { programCommand, type ProgramOptions, runProgram } from "./program.ts";
import { SSHD_CONFIG, type SshServer, startSshd } from "./sshd.ts";
import { exactState, namesIn } from "./tree.ts";

/** Options of {@linkcode Site.run}. */
export interface SiteRunOptions extends Omit<ProgramOptions, "account"> {
  /** Directories in front of PATH. */
  readonly path?: readonly string[];
}

/** A temporary directory that belongs to an account, with what tests need in it. */
export class Site implements AsyncDisposable {
  readonly account: Account;
  readonly directory: string;
  /** A directory to back up; empty at first. */
  readonly source: string;
  /** Where a destination may be made. */
  readonly destination: string;
  /** The program's TMPDIR. */
  readonly temporary: string;

  private constructor(account: Account, directory: string) {
    this.account = account;
    this.directory = directory;
    this.source = join(directory, "source");
    this.destination = join(directory, "destination");
    this.temporary = join(directory, "tmp");
  }

  /** A new site of `account`. */
  static async open(account: Account): Promise<Site> {
    // Not below /tmp: the program may write there, and Deno lets no program be run from where
    // it may write, but the fakes of tests are in here.
    const directory = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "rrb_test-" });
    const site = new Site(account, directory);
    await Deno.chmod(site.directory, 0o755);
    await Deno.mkdir(site.source);
    await Deno.mkdir(site.temporary);
    return site;
  }

  /** Makes what the test has written, as root, the account's own. */
  async #handOver(): Promise<void> {
    const { uid, gid } = this.account;
    if (uid === Deno.uid()) return;
    const chown = ["chown", "-h", `${uid}:${gid}`, "--"];
    await outputOf(["find", this.directory, "!", "-user", `${uid}`, "-exec", ...chown, "{}", "+"]);
  }

  /** What any change below a directory would change, once it is the account's own. */
  async stateOf(directory: string): Promise<string[]> {
    await this.#handOver();
    return await exactState(directory);
  }

  /** A path in the site. */
  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  /** Runs the program as the account. */
  async run(args: readonly string[], options: SiteRunOptions = {}): Promise<Outcome> {
    await this.#handOver();
    return await runProgram(args, {
      ...options,
      account: this.account,
      env: { ...await this.environment(options.path), ...options.env },
    });
  }

  /** Runs another program, a shell above all, as the account and as the program is run. */
  async command(
    argv: readonly string[],
    options: SiteRunOptions = {},
  ): Promise<Outcome> {
    await this.#handOver();
    return await outcomeOf(argvAs(this.account, argv), {
      cwd: options.cwd ?? "/",
      env: { ...await this.environment(options.path), ...options.env },
      stdin: options.stdin,
    });
  }

  /** The program's environment, with `path` in front of PATH. */
  async environment(path: readonly string[] = []): Promise<Record<string, string>> {
    const { env } = await programCommand(this.account);
    return { ...env, TMPDIR: this.temporary, PATH: [...path, env["PATH"]].join(":") };
  }

  /** How the account starts the program, for a shell that is to do it. */
  async programArgv(): Promise<readonly string[]> {
    return (await programCommand(this.account)).argv;
  }

  /**
   * A directory to be all of PATH: the programs of this machine, with some
   * replaced by a shell script, or left out where there is none.
   */
  async programs(changes: Readonly<Record<string, string | undefined>>): Promise<string> {
    const directory = await Deno.makeTempDir({ dir: this.directory, prefix: "programs-" });
    await Deno.chmod(directory, 0o755);
    await outputOf(["sh", "-c", 'ln -s /usr/bin/* "$1"', "sh", directory]);
    for (const [name, script] of Object.entries(changes)) {
      await Deno.remove(join(directory, name));
      if (script === undefined) continue;
      await Deno.writeTextFile(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    return directory;
  }

  /** Fails when a run has left a process or a temporary file behind. */
  async assertNothingLeft(): Promise<void> {
    assertEquals(await namesIn(this.temporary), []);
    await until("no process of the run is left", async () => {
      const { stdout } = await outcomeOf(["ps", "-e", "-ww", "-o", "args="]);
      const ours = stdout.split("\n").filter((args) => args.includes(this.directory));
      return ours.every((args) => args.includes(SSHD_CONFIG));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Without root's rights a directory that may not be written to cannot be emptied either.
    await outcomeOf(["chmod", "-R", "u+rwX", this.directory]);
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** A site with an ssh server of the same account. */
export class RemoteSite implements AsyncDisposable {
  readonly site: Site;
  readonly server: SshServer;

  private constructor(site: Site, server: SshServer) {
    this.site = site;
    this.server = server;
  }

  /** A new site of `account` with its server. */
  static async open(account: Account): Promise<RemoteSite> {
    const site = await Site.open(account);
    try {
      const directory = site.path("sshd");
      await Deno.mkdir(directory);
      return new RemoteSite(site, await startSshd(account, directory));
    } catch (error) {
      await site[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The options that lead to the server. */
  get options(): string[] {
    return ["-p", String(this.server.port), "-i", this.server.identityFile];
  }

  /** `path` on the server, as the program takes it. */
  remote(path: string): string {
    return `${this.site.account.name}@${this.server.host}:${path}`;
  }

  /** Runs the program with an ssh that knows the server. */
  async run(args: readonly string[], options: SiteRunOptions = {}): Promise<Outcome> {
    return await this.site.run(args, { path: [this.server.bin], ...options });
  }

  /** Backs up the site's source to its destination over ssh. */
  async backup(...args: string[]): Promise<Outcome> {
    const { source, destination } = this.site;
    return await this.run([...this.options, ...args, source, this.remote(destination)]);
  }

  /** Fails when a run has left a process, a connection or a temporary file behind. */
  async assertNothingLeft(): Promise<void> {
    await this.site.assertNothingLeft();
    for (const socket of await this.server.controlSockets()) {
      const { code } = await outcomeOf(["test", "-e", dirname(socket)]);
      assert(code !== 0, `${dirname(socket)} is left`);
    }
    await until("no client is connected", () => this.server.idle());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.server[Symbol.asyncDispose]();
    } finally {
      await this.site[Symbol.asyncDispose]();
    }
  }
}

const ACCOUNTS = await testAccounts();

/** A test of the program on local directories; as `kinds`, where they can be had. */
export function siteTest(
  name: string,
  test: (site: Site) => Promise<void>,
  kinds: readonly AccountKind[] = ["root", "unprivileged"],
): void {
  accountTests(name, kinds, async (account) => {
    await using site = await Site.open(account);
    await test(site);
  });
}

/** A test of the program over a real ssh; as `kinds`, where they can be had. */
export function remoteTest(
  name: string,
  test: (remote: RemoteSite) => Promise<void>,
  kinds: readonly AccountKind[] = ["root", "unprivileged"],
): void {
  accountTests(name, kinds, async (account) => {
    await using remote = await RemoteSite.open(account);
    await test(remote);
  });
}

function accountTests(
  name: string,
  kinds: readonly AccountKind[],
  test: (account: Account) => Promise<void>,
): void {
  for (const kind of kinds) {
    const account = ACCOUNTS.get(kind);
    Deno.test({
      name: `${name} (${kind})`,
      ignore: account === undefined,
      fn: async () => {
        if (account !== undefined) await test(account);
      },
    });
  }
}
