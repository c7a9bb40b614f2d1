/**
 * A Debian as it is after its installation: the packages that every one has, and
 * Puppet.
 *
 * @module
 */

import { join } from "@std/path";
import { outputOf } from "./command.ts";

const PUPPET = [
  "puppet-agent",
  "puppet-module-puppetlabs-cron-core",
  "puppet-module-puppetlabs-sshkeys-core",
];

/** Fetched, so that a machine without a way out can install them; what fetches is its own apt. */
const FETCHED = ["cron", "openssh-client", "rsync"];

/** A directory that can be the root of a machine; disposing of it removes it. */
export interface BareDebian extends AsyncDisposable {
  readonly root: string;
}

/** Makes a bare Debian of this machine's release. */
export async function bareDebian(): Promise<BareDebian> {
  const directory = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "rrb_debian-" });
  const debian = {
    root: join(directory, "root"),
    async [Symbol.asyncDispose]() {
      await Deno.remove(directory, { recursive: true });
    },
  };
  try {
    const release = await outputOf([
      "sh",
      "-c",
      '. /etc/os-release; printf %s "$VERSION_CODENAME"',
    ]);
    const fetch = `apt-get clean && apt-get --yes --download-only install ${FETCHED.join(" ")}`;
    const { success, stderr } = await new Deno.Command("mmdebstrap", {
      args: [
        ...["--mode=root", "--variant=minbase", `--include=${PUPPET.join(",")}`],
        // A machine of a test need not survive a loss of power.
        ...["--dpkgopt=force-unsafe-io", '--aptopt=APT::Install-Recommends "false"'],
        ...["--skip=cleanup/apt", `--customize-hook=chroot "$1" sh -c '${fetch}'`],
        ...[release, debian.root],
      ],
      stdin: "null",
      stdout: "null",
    }).output();
    if (!success) throw new Error(`Cannot make a Debian: ${new TextDecoder().decode(stderr)}`);
    return debian;
  } catch (error) {
    await debian[Symbol.asyncDispose]();
    throw error;
  }
}
