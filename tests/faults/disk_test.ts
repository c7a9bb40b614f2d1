import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  letADayPass,
  TODAYS_ARCHIVE,
  YESTERDAYS_ARCHIVE,
} from "../support/archives.ts";
import type { Outcome } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import { type Namespace, openDisk, startSshdInside } from "../support/namespace.ts";
import { remoteTest, type Site, siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

async function writeRandom(file: string, kibibytes: number): Promise<void> {
  const bytes = new Uint8Array(kibibytes * 1024);
  for (let start = 0; start < bytes.length; start += 65_536) {
    crypto.getRandomValues(bytes.subarray(start, start + 65_536));
  }
  await Deno.writeFile(file, bytes);
}

/** A destination on a disk of its own that holds yesterday's archive. */
class DiskSite {
  readonly #site: Site;
  readonly disk: Namespace;
  readonly custody: Custody;

  private constructor(site: Site, disk: Namespace, custody: Custody) {
    this.#site = site;
    this.disk = disk;
    this.custody = custody;
  }

  static async fill(site: Site, disk: Namespace): Promise<DiskSite> {
    await writeTree(site.source, { "file": "content" });
    const program = [...await site.programArgv(), site.source, site.destination];
    assertEquals(await site.command(disk.argv(program)), SILENT_SUCCESS);
    await letADayPass(disk.seen(site.destination));
    await writeTree(site.source, { "new": "since yesterday" });
    return new DiskSite(site, disk, await Custody.of(disk.seen(site.destination)));
  }

  /** Backs up onto the disk, with some programs replaced. */
  async backup(programs: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const site = this.#site;
    const PATH = await site.programs(programs);
    const program = [...await site.programArgv(), site.source, site.destination];
    return await site.command(this.disk.argv(program), { env: { PATH } });
  }

  /** The names that are archives. */
  async archives(): Promise<string[]> {
    return await archivesIn(this.disk.seen(this.#site.destination));
  }

  /** Fails unless the run said what is wrong in one line and made no archive. */
  async assertFailed({ code, stdout, stderr }: Outcome, pattern: RegExp): Promise<void> {
    assertEquals({ code, stdout }, { code: 1, stdout: "" }, stderr);
    assertMatch(stderr, /^roundrobinbackup: [^\n]+\n$/);
    assertMatch(stderr, pattern);
    await this.custody.afterFault();
    assertEquals(await this.archives(), [YESTERDAYS_ARCHIVE]);
  }

  /** Fails unless the next run, with what was wrong mended, succeeds by itself. */
  async assertMended(...mend: string[]): Promise<void> {
    if (mend.length > 0) await this.disk.output(mend);
    assertEquals(await this.backup(), SILENT_SUCCESS);
    await this.custody.afterCleanRun();
    assertEquals(await this.archives(), [YESTERDAYS_ARCHIVE, TODAYS_ARCHIVE]);
  }
}

/** A test on a disk of the given tmpfs options. */
function diskTest(
  name: string,
  options: string,
  test: (disk: DiskSite, site: Site) => Promise<void>,
): void {
  siteTest(name, async (site) => {
    await using namespace = await openDisk(site, options);
    await test(await DiskSite.fill(site, namespace), site);
  }, ["root"]);
}

diskTest(
  "the disk is full during the sync: status 1, no archive",
  "size=4m",
  async (disk, site) => {
    await writeRandom(join(site.source, "large"), 8 * 1024);
    await disk.assertFailed(await disk.backup(), /sync.*No space left on device/);
    await disk.assertMended("mount", "-o", "remount,size=64m", site.destination);
  },
);

diskTest("the disk is full while packing: status 1, no archive", "size=4m", async (disk, site) => {
  await writeRandom(join(site.source, "large"), 3 * 1024);
  const outcome = await disk.backup();
  await disk.assertFailed(outcome, /archive.*(No space left on device|Wrote only)/);
  await disk.assertMended("mount", "-o", "remount,size=64m", site.destination);
});

/** A program that first fills the disk, down to its last page. */
function filling(name: string, site: Site): string {
  return `dd if=/dev/zero of='${site.destination}/filler' bs=4k 2>/dev/null
    exec /usr/bin/${name} "$@"`;
}

for (const summing of ["openssl", "sha256sum"]) {
  diskTest(
    `the disk is full at the checksum by ${summing}: status 1`,
    "size=4m",
    async (disk, site) => {
      const without = summing === "openssl" ? {} : { openssl: "exit 127" };
      const outcome = await disk.backup({ ...without, [summing]: filling(summing, site) });
      await disk.assertFailed(outcome, /archive.*(No space left on device|write error)/);
      await disk.assertMended("rm", join(site.destination, "filler"));
    },
  );
}

diskTest("the disk is full at the state: archived, status 3", "size=4m", async (disk, site) => {
  const { code, stderr } = await disk.backup({ rmdir: filling("rmdir", site) });
  assertEquals(code, 3, stderr);
  assertMatch(stderr, /^roundrobinbackup: [^\n]*state was not kept[^\n]*No space left[^\n]*\n$/);
  await disk.custody.afterFault();
  assertEquals(await disk.archives(), [YESTERDAYS_ARCHIVE, TODAYS_ARCHIVE]);
  await disk.assertMended("rm", join(site.destination, "filler"));
});

/** A program of which the calls of some names fail when its arguments match. */
function injecting(name: string, calls: string, error: string, pattern: string): string {
  return `case "$*" in ${pattern})
      exec strace -f -o /dev/null -e trace=${calls} -e inject=${calls}:error=${error} \\
        /usr/bin/${name} "$@" ;;
    esac; exec /usr/bin/${name} "$@"`;
}

const RENAMES = "rename,renameat,renameat2";

diskTest("no space for the name at the rename: status 1", "size=16m", async (disk) => {
  const mv = injecting("mv", RENAMES, "ENOSPC", "*.bzip2");
  await disk.assertFailed(await disk.backup({ mv }), /archive.*No space left on device/);
  await disk.assertMended();
});

diskTest("no space at the rename of a second run of the day", "size=16m", async (disk, site) => {
  await disk.assertMended();
  await writeTree(site.source, { "file": "other content" });
  const mv = injecting("mv", RENAMES, "ENOSPC", "*.bzip2");
  const { code, stderr } = await disk.backup({ mv });
  assertEquals(code, 1);
  assertMatch(stderr, /archive.*No space left on device/);
  await disk.custody.afterFault();
  await disk.assertMended();
});

for (const second of [false, true]) {
  const run = second ? "a second run of the day" : "a first run";
  diskTest(
    `no space at the checksum's rename in ${run}: made up for`,
    "size=16m",
    async (disk, site) => {
      if (second) await disk.assertMended();
      await writeTree(site.source, { "file": "other content" });
      const mv = injecting("mv", RENAMES, "ENOSPC", "*.sha256");
      const { code, stderr } = await disk.backup({ mv });
      assertEquals(code, 1);
      assertMatch(stderr, /archive.*No space left on device/);
      await disk.custody.afterFault();
      await disk.assertMended();
    },
  );
}

diskTest("no space at the state's rename: archived, status 3", "size=16m", async (disk) => {
  const mv = injecting("mv", RENAMES, "ENOSPC", "*state.json");
  const { code, stderr } = await disk.backup({ mv });
  assertEquals(code, 3, stderr);
  assertMatch(stderr, /state was not kept.*No space left on device/);
  await disk.custody.afterFault();
  await disk.assertMended();
});

diskTest("the disk cannot flush the archive: status 1, not published", "size=16m", async (disk) => {
  const sync = injecting("sync", "fsync", "EIO", "*.bzip2");
  await disk.assertFailed(await disk.backup({ sync }), /archive.*Input\/output error/);
  await disk.assertMended();
});

diskTest("a disk that is mounted read-only: status 1", "size=16m", async (disk, site) => {
  await disk.disk.output(["mount", "-o", "remount,ro", site.destination]);
  await disk.assertFailed(await disk.backup(), /Read-only file system/);
  await disk.assertMended("mount", "-o", "remount,rw", site.destination);
});

diskTest("out of inodes during the sync: status 1", "size=16m,nr_inodes=40", async (disk, site) => {
  for (let file = 0; file < 100; file++) await writeTree(site.source, { [`${file}`]: "content" });
  await disk.assertFailed(await disk.backup(), /No space left on device/);
  await disk.assertMended("mount", "-o", "remount,nr_inodes=1000", site.destination);
});

diskTest("out of inodes at the archive: status 1", "size=16m,nr_inodes=40", async (disk, site) => {
  const inodes = await disk.disk.output(["df", "--output=iavail", site.destination]);
  for (let file = Number(inodes.split("\n")[1]); file > 0; file--) {
    await writeTree(site.source, { [`${file}`]: "content" });
  }
  await disk.assertFailed(await disk.backup(), /No space left on device/);
  await disk.assertMended("mount", "-o", "remount,nr_inodes=1000", site.destination);
});

remoteTest("the disk of the host is full while packing: status 1", async (remote) => {
  const { site } = remote;
  await using disk = await openDisk(site, "size=4m");
  await using _sshd = await startSshdInside(disk, remote);
  const argv = [
    ...[...await site.programArgv(), ...remote.options],
    ...[site.source, remote.remote(site.destination)],
  ];
  const backup = () => site.command(disk.argv(argv), { path: [remote.server.bin] });
  await writeTree(site.source, { "file": "content" });
  assertEquals(await backup(), SILENT_SUCCESS);
  await letADayPass(disk.seen(site.destination));
  const custody = await Custody.of(disk.seen(site.destination));
  await writeRandom(join(site.source, "large"), 3 * 1024);
  const { code, stderr } = await backup();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "archive");
  assertMatch(stderr, /No space left on device|Wrote only/);
  await custody.afterFault();
  assertEquals(await archivesIn(disk.seen(site.destination)), [YESTERDAYS_ARCHIVE]);
  await disk.output(["mount", "-o", "remount,size=64m", site.destination]);
  assertEquals(await backup(), SILENT_SUCCESS);
  await custody.afterCleanRun();
}, ["root"]);
