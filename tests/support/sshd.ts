/**
 * A private ssh server on 127.0.0.1, and an `ssh` that trusts it.
 *
 * @module
 */

import { join } from "@std/path";
import { type Account, argvAs } from "./account.ts";
import { endProcess, outcomeOf, outputOf, until } from "./command.ts";

/** A running ssh server; disposing of it ends it and its sessions. */
export interface SshServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** A private key that the server accepts. */
  readonly identityFile: string;
  /** A private key that it does not accept. */
  readonly strangeIdentityFile: string;
  /** A directory with an `ssh` that knows the server's host key: for PATH. */
  readonly bin: string;
  /** Likewise with one that has never seen the host key. */
  readonly strangerBin: string;
  /** Makes commands run with this PATH there. */
  setRemotePath(path: string): Promise<void>;
  /** The control sockets that the program has named to ssh so far. */
  controlSockets(): Promise<string[]>;
  /** Whether no client is connected. */
  idle(): Promise<boolean>;
}

/** The name of the server's configuration, which tells the server from other processes. */
export const SSHD_CONFIG = "sshd_config";

const HOST = "127.0.0.1";

/** Somebody else may take a free port between our look at it and the server's. */
const ATTEMPTS = 5;

/**
 * Starts a server that runs as `account`, with all its files in the existing
 * directory `directory`, and lets that account in.
 */
export async function startSshd(account: Account, directory: string): Promise<SshServer> {
  const sshd = await sshdProgram();
  const key = (name: string) => join(directory, name);
  for (const name of ["host_key", "identity", "strange_identity"]) {
    await outputOf(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key(name)]);
  }
  await Deno.copyFile(key("identity.pub"), key("authorized_keys"));
  // sshd run by root wants the directory, which only a service start makes.
  if (account.uid === 0) await Deno.mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    await writeServerConfig(directory, port);
    await writeClients(directory, port);
    await outputOf(["chown", "-R", `${account.uid}:${account.gid}`, directory]);
    const server = spawnSshd(sshd, account, directory);
    if (await server.listening()) {
      return {
        host: HOST,
        port,
        identityFile: key("identity"),
        strangeIdentityFile: key("strange_identity"),
        bin: key("bin"),
        strangerBin: key("stranger_bin"),
        setRemotePath: async (path) => {
          const accepted = await Deno.readTextFile(key("identity.pub"));
          const line = `environment="PATH=${path}" ${accepted}`;
          await Deno.writeTextFile(key("authorized_keys"), line);
        },
        controlSockets: () => controlSockets(key("ssh_arguments")),
        idle: server.idle,
        [Symbol.asyncDispose]: server.end,
      };
    }
    await server.end();
    const log = await Deno.readTextFile(key("log"));
    if (attempt === ATTEMPTS || !log.includes("Address already in use")) {
      throw new Error(`Cannot start sshd: ${log}`);
    }
  }
}

/** A port on which nobody listens, a moment ago at least. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  return listener.addr.port;
}

/** sshd insists on being started by its absolute path. */
async function sshdProgram(): Promise<string> {
  const { stdout } = await outcomeOf(["sh", "-c", "PATH=$PATH:/usr/sbin:/sbin command -v sshd"]);
  if (stdout.trim() === "") throw new Error("There is no sshd: install openssh-server");
  return stdout.trim();
}

async function writeServerConfig(directory: string, port: number): Promise<void> {
  const lines = [
    `ListenAddress ${HOST}:${port}`,
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    `PidFile none`,
    // The keys lie in a temporary directory, which everybody can write to.
    "StrictModes no",
    "UsePAM no",
    "PermitUserEnvironment yes",
    // bash takes itself for one inside another, and reads no .bashrc: that is none of ours, may
    // take long, and does not stand being killed.
    "SetEnv SHLVL=1",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    // Many connections in a row from one address are what tests make.
    "MaxStartups 100",
    "LogLevel VERBOSE",
  ];
  await Deno.writeTextFile(join(directory, SSHD_CONFIG), `${lines.join("\n")}\n`);
}

/**
 * ssh looks for its files in the home directory that the system names, whatever
 * HOME says; so that tests never touch that one, an `ssh` in front of the real
 * one names other files, and notes what it was given. Everything else is the
 * program's own doing.
 */
async function writeClients(directory: string, port: number): Promise<void> {
  const { stdout } = await outcomeOf(["sh", "-c", "command -v ssh"]);
  const [type, key] = (await Deno.readTextFile(join(directory, "host_key.pub"))).split(" ");
  const known = { bin: `[${HOST}]:${port} ${type} ${key}\n`, stranger_bin: "" };
  for (const [name, hosts] of Object.entries(known)) {
    const bin = join(directory, name);
    await Deno.mkdir(bin, { recursive: true });
    const config = [
      "GlobalKnownHostsFile /dev/null",
      `UserKnownHostsFile ${bin}/known_hosts`,
      "IdentitiesOnly yes",
      "IdentityAgent none",
    ];
    await Deno.writeTextFile(join(bin, "known_hosts"), hosts);
    await Deno.writeTextFile(join(bin, "config"), `${config.join("\n")}\n`);
    const script = `#!/bin/sh
printf '%s\\n' "$@" >>'${directory}/ssh_arguments'
exec ${stdout.trim()} -F '${bin}/config' "$@"
`;
    await Deno.writeTextFile(join(bin, "ssh"), script, { mode: 0o755 });
  }
}

async function controlSockets(argumentsFile: string): Promise<string[]> {
  if (!await contains(argumentsFile, "")) return [];
  const words = (await Deno.readTextFile(argumentsFile)).split("\n");
  const sockets = words.filter((_, index) => words[index - 1] === "-S");
  if (sockets.length === 0) throw new Error("The program ran ssh without a control socket");
  return [...new Set(sockets)];
}

function spawnSshd(sshd: string, account: Account, directory: string) {
  const log = join(directory, "log");
  const [program = "", ...args] = argvAs(account, [
    ...[sshd, "-D", "-f", join(directory, SSHD_CONFIG), "-E", log],
  ]);
  const child = new Deno.Command(program, {
    args,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.then(() => ended = true);
  // One process or more for each connection; their children are gone with them.
  const sessions = async () => {
    const { stdout } = await outcomeOf(["ps", "-o", "pid=", "--ppid", String(child.pid)]);
    return stdout.split("\n").map(Number).filter((pid) => pid > 0);
  };
  return {
    /** Resolves when the server listens, or has ended without. */
    async listening(): Promise<boolean> {
      await until("sshd listens", async () => ended || await contains(log, "Server listening on"));
      return !ended;
    },
    async idle(): Promise<boolean> {
      return (await sessions()).length === 0;
    },
    async end(): Promise<void> {
      for (const pid of await sessions()) endProcess(pid);
      if (!ended) endProcess(child.pid);
      await status;
    },
  };
}

async function contains(file: string, text: string): Promise<boolean> {
  try {
    return (await Deno.readTextFile(file)).includes(text);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
