/**
 * What is compared: each tool with its command lines, as a person would type them
 * at the defaults of the tool.
 *
 * The scripts are run by `sh -eu` with these variables: `source` the tree, `dest`
 * an empty directory on the host `backup`, `own` a directory for the tool's caches,
 * `day` the date that the run pretends, `program` our binary.
 *
 * @module
 */

/** One way to make a backup. */
export interface Tool {
  readonly id: string;
  readonly title: string;
  /** Programs that it needs besides ssh, rsync and tar. */
  readonly programs: readonly string[];
  /** The option of our program that it needs, which an older binary lacks. */
  readonly option?: string;
  /** Prints its version. */
  readonly version: string;
  /** What is done once, before the first backup; not measured. */
  readonly setUp?: string;
  readonly backUp: string;
  /** Whether it makes dated archives, as our program does, and is no peer. */
  readonly bare?: boolean;
}

/** Our program; another day is a matter of its clock alone, which `zone` and `shift` set. */
const program = (options: string) =>
  `exec env TZ="$zone" $shift "$program" ${options} "$source/" "backup:$dest"`;

/** The commands of 0.8.4, over one connection. */
const bare = (tar: string) => `
ssh -fNM -S "$own/ssh" backup
trap 'ssh -S "$own/ssh" -O exit backup' EXIT
ssh -S "$own/ssh" backup mkdir -p "$dest/latest"
rsync -az --delete -e "ssh -S $own/ssh" "$source/" "backup:$dest/latest/"
ssh -S "$own/ssh" backup "tar -C '$dest' ${
  tar.replace("FILE", "'$dest/automated-backup-$day'")
} latest"`;

/** Tab-separated; all but the paths is what the package's own configuration says. */
const RSNAPSHOT_CONFIGURATION = String.raw`printf '%s\t%s\t%s\n' >"$own/conf" \
  config_version 1.2 '' snapshot_root "$dest/" '' cmd_cp /bin/cp '' cmd_rm /bin/rm '' \
  cmd_rsync /usr/bin/rsync '' cmd_ssh "$(command -v ssh)" '' retain daily 6 verbose 1 '' \
  lockfile "$own/pid" '' backup "root@backup:$source/" tree/
sed -i 's/\t$//' "$own/conf"`;

/** Each in the order of the tables. */
export const TOOLS: readonly Tool[] = [
  {
    id: "program",
    title: "roundrobinbackup",
    programs: [],
    version: `"$program" --version`,
    backUp: program(""),
  },
  {
    id: "program-zstd",
    title: "roundrobinbackup --compress zstd",
    programs: ["zstd"],
    option: "--compress",
    version: `"$program" --version`,
    backUp: program("--compress zstd"),
  },
  {
    id: "bare-bzip2",
    title: "bare commands, bzip2",
    programs: ["bzip2"],
    version: "bzip2 --version 2>&1 </dev/null",
    backUp: bare("-cjf FILE.tar.bzip2"),
    bare: true,
  },
  {
    id: "bare-lbzip2",
    title: "bare commands, lbzip2",
    programs: ["lbzip2"],
    version: "lbzip2 --version 2>&1 </dev/null",
    backUp: bare("-I lbzip2 -cf FILE.tar.bzip2"),
    bare: true,
  },
  {
    id: "bare-zstd",
    title: "bare commands, zstd",
    programs: ["zstd"],
    version: "zstd --version",
    backUp: bare("-I 'zstd -T0' -cf FILE.tar.zst"),
    bare: true,
  },
  {
    id: "bare-sync",
    title: "bare connection and rsync, no archive",
    programs: [],
    version: "rsync --version",
    backUp: `rsync -az --delete "$source/" "backup:$dest/latest/"`,
    bare: true,
  },
  {
    id: "restic",
    title: "restic (sftp)",
    programs: ["restic"],
    version: "restic version",
    setUp: `restic --repo "sftp:backup:$dest" --cache-dir "$own" init`,
    backUp: `restic --repo "sftp:backup:$dest" --cache-dir "$own" backup "$source"`,
  },
  {
    id: "borg",
    title: "borg (ssh)",
    programs: ["borg"],
    version: "borg --version",
    setUp: `borg init --encryption=none "backup:$dest/repository"`,
    backUp: `borg create "backup:$dest/repository::$day" "$source"`,
  },
  {
    id: "rsnapshot",
    title: "rsnapshot (pull over ssh, no archive)",
    programs: ["rsnapshot"],
    version: "rsnapshot version",
    setUp: RSNAPSHOT_CONFIGURATION,
    backUp: `rsnapshot -c "$own/conf" daily`,
  },
  {
    id: "rdiff-backup",
    title: "rdiff-backup",
    programs: ["rdiff-backup"],
    version: "rdiff-backup --version",
    backUp: `rdiff-backup backup "$source" "backup::$dest/mirror"`,
  },
  {
    id: "duplicity",
    title: "duplicity (sftp, no encryption)",
    programs: ["duplicity"],
    version: "duplicity --version",
    backUp: `duplicity --no-encryption --archive-dir "$own" "$source" "sftp://root@backup/$dest"`,
  },
];

/** What the tools find in their environment besides the variables of the scripts. */
export function toolEnvironment(own: string): Record<string, string> {
  return {
    LC_ALL: "C.UTF-8",
    RESTIC_PASSWORD: "bench",
    BORG_BASE_DIR: own,
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
  };
}

/** The tool whose compressor our program uses by default, against which all are measured. */
export function baseTool(tools: readonly Tool[], hasCompressors: boolean): Tool | undefined {
  const byId = (id: string) => tools.find((tool) => tool.id === id);
  return (hasCompressors ? byId("bare-lbzip2") : undefined) ?? byId("bare-bzip2");
}
