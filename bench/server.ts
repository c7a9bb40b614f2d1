/**
 * The backup host: a private ssh server on 127.0.0.1, and the `ssh` that knows it
 * by the name `backup`.
 *
 * @module
 */

import { join } from "@std/path";

const PORT = 2222;

/** A running ssh server; disposing of it ends it. */
export interface Server extends AsyncDisposable {
  readonly pid: number;
  /** A directory with the `ssh` that knows it: for PATH. */
  readonly bin: string;
  /** A home directory in which programs with an ssh of their own find it: for HOME. */
  readonly home: string;
}

/** Starts a server in the control group, with all its files in a new directory. */
export async function startServer(directory: string, group: string): Promise<Server> {
  const bin = join(directory, "bin");
  const home = join(directory, "home");
  const keys = join(home, ".ssh");
  for (const path of [bin, keys]) await Deno.mkdir(path, { recursive: true });
  for (const key of [join(directory, "host_key"), join(keys, "identity")]) {
    await new Deno.Command("ssh-keygen", { args: ["-qt", "ed25519", "-N", "", "-f", key] })
      .output();
  }
  const [type, key] = (await Deno.readTextFile(join(directory, "host_key.pub"))).split(" ");
  await writeLines(join(keys, "known_hosts"), [`[127.0.0.1]:${PORT} ${type} ${key}`]);
  await writeLines(join(keys, "config"), [
    "Host backup",
    "HostName 127.0.0.1",
    `Port ${PORT}`,
    "User root",
    `IdentityFile ${keys}/identity`,
    `UserKnownHostsFile ${keys}/known_hosts`,
    "IdentitiesOnly yes",
    "IdentityAgent none",
  ]);
  await writeLines(join(directory, "sshd_config"), [
    `ListenAddress 127.0.0.1:${PORT}`,
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${keys}/identity.pub`,
    "PidFile none",
    // The keys lie in a temporary directory, which everybody can write to.
    "StrictModes no",
    "UsePAM no",
    // bash takes itself for one inside another, and reads no .bashrc: what that costs is no tool's.
    "SetEnv SHLVL=1",
    "PermitRootLogin prohibit-password",
    "Subsystem sftp internal-sftp",
  ]);
  // ssh looks for its files in the home directory that the system names, whatever HOME says.
  await writeLines(join(bin, "ssh"), ["#!/bin/sh", `exec /usr/bin/ssh -F '${keys}/config' "$@"`]);
  await Deno.chmod(join(bin, "ssh"), 0o755);

  const log = join(directory, "log");
  const sshd = '/usr/sbin/sshd -D -f "$1" -E "$2"';
  const child = new Deno.Command("sh", {
    args: ["-c", `echo 0 >"$3" && exec ${sshd}`, "sh", join(directory, "sshd_config"), log].concat(
      join(group, "cgroup.procs"),
    ),
    cwd: "/",
    stdin: "null",
  }).spawn();
  await listening(log);
  return {
    pid: child.pid,
    bin,
    home,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.status;
    },
  };
}

async function writeLines(file: string, lines: readonly string[]): Promise<void> {
  await Deno.writeTextFile(file, `${lines.join("\n")}\n`);
}

async function listening(log: string): Promise<void> {
  let text = "";
  for (let attempt = 0; attempt < 200; attempt++) {
    text = await Deno.readTextFile(log).catch(() => "");
    if (text.includes("Server listening on")) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Cannot start sshd: ${text}`);
}
