/**
 * The scripts that run at a destination, for steps that have to be one piece.
 * Their texts are constants; all that differs comes in as `$1`, `$2`, …, so that
 * no name is ever part of a shell's text, and a gatekeeper can allow exactly these.
 *
 * @module
 */

import { type DestinationPaths, pathIn, tarOptions, WORK_DIRECTORY } from "./argv.ts";
import { compressorNames } from "./compression.ts";
import { ANNOUNCEMENT, END_OF_GREETING } from "./greeting.ts";
import type { MirrorRecord } from "./mirror_record.ts";

/** What `stat` says of an archive, to know it again: size, time of change, inode. */
const STAT = "%s %.9Y %i";
/** The exit status of a script that found the destination locked. */
export const LOCKED = 75;

/** What a greeting says of compressors, in the order of their table. */
const PROGRAMS = compressorNames().join(" ");

/**
 * Clock, state, the mirror's record, installed compressors and the directory's
 * listing, in one answer. `$1` is the destination, `$dir` the work directory;
 * files come in base64, so that no content can be taken for the end. Then it holds
 * the connection until our end of it closes, also by our death.
 *
 * The listing is unambiguous: one line an entry, names quoted as in C, plain ASCII.
 */
function greeting(between = ""): string {
  return `
echo "${ANNOUNCEMENT} $(date +%s)"
base64 -w0 -- "$dir/state.json" 2>/dev/null
echo
base64 -w0 -- "$dir/mirror.json" 2>/dev/null
echo
${between}
for program in ${PROGRAMS}; do
  if command -v "$program" >/dev/null; then printf '%s ' "$program"; fi
done
echo
if [ -d "$1" ]; then
  LC_ALL=C ls -lniAs --block-size=1 --time-style=+%s --quoting-style=c -- "$1/"
  code=$?
  if [ "$code" -gt 1 ]; then LC_ALL=C ls -- "$1/" 2>&1 >/dev/null; fi
  echo "listed $code"
else
  echo "missing"
fi
echo "${END_OF_GREETING}"
exec cat >/dev/null`;
}

/** $1 the destination. Changes nothing. */
const READ = `dir=$1/${WORK_DIRECTORY}${greeting()}`;

/**
 * $1 the destination, $2 the mirror's directory, $3 seconds to wait, $4 who we are.
 *
 * Descriptor 9 holds the lock until this shell ends, and it ends when our end of
 * the connection closes. Programs of a run that died hold `workers` while they
 * live: they are waited for. Who finds it locked waits until the holder, which may have
 * just begun, has written who it is. What a dead run left is cleared; where it ended
 * between its last two renames, the second one is made up for. The mirror's
 * record goes before the mirror can change.
 */
const LOCK = `
dir=$1/${WORK_DIRECTORY}
for path in "$1/$2" "$dir"; do
  if [ -L "$path" ]; then echo "$path is a symbolic link; remove it by hand" >&2; exit 1; fi
  if [ -e "$path" ] && [ ! -d "$path" ]; then
    echo "$path is not a directory; remove it by hand" >&2; exit 1
  fi
done
command -v flock >/dev/null || { echo "there is no flock; install util-linux" >&2; exit 1; }
mkdir -p -- "$1/$2" "$dir" || exit 1
exec 9<>"$dir/lock" 8<>"$dir/workers" || exit 1
flock -w "$3" 9 || {
  for _ in 1 2 3 4 5; do [ -s "$dir/lock" ] || sleep 0.1; done
  cat -- "$dir/lock"; exit ${LOCKED}
}
flock -w 20 8 || { echo "programs of an earlier run, which still end"; exit ${LOCKED}; }
flock -u 8
exec 8>&-
printf '%s\\n' "$4" >"$dir/lock" 2>/dev/null
for run in "$dir"/run-*; do
  for sum in "$run"/*.sha256; do
    if [ -f "$sum" ] && [ ! -e "\${sum%.sha256}" ]; then mv -f -- "$sum" "$1/"; fi
  done
  [ ! -e "$run" ] || rm -rf -- "$run" || exit 1
done${greeting('rm -f -- "$dir/mirror.json" || exit 1')}`;

/**
 * Renames `$run/$name` and its checksum into place, and says what is there now. An mv that
 * is killed may have done its work: what counts is whether the old name has gone.
 * Between the two renames an archive can have no checksum, or that of the archive
 * that it replaced: the next run makes up for it.
 */
const PUBLISH = `
if mv -f -T -- "$run/$name" "$dest/$name" || [ ! -e "$run/$name" ]
then :; else rm -rf -- "$run"; exit 1; fi
mv -f -T -- "$run/$name.sha256" "$dest/$name.sha256" || [ ! -e "$run/$name.sha256" ] || exit 1
sync -- "$dest" && rmdir -- "$run" && read -r sum _ <"$dest/$name.sha256" &&
stat -c "published $sum ${STAT}" -- "$dest/$name"`;

/**
 * Flushes `$name` and sums it meanwhile. openssl uses the processor's own instructions:
 * a third of the time of sha256sum, which stands in for it, and which has a way of its
 * own to write names with a backslash.
 */
const SETTLE = `
sum() {
  case $name in
    *\\\\*) ;;
    *) hex=$(openssl dgst -sha256 -r <"$name" 2>/dev/null) && hex=\${hex%% *} && [ \${#hex} = 64 ] &&
      printf '%s  %s\\n' "$hex" "$name" >"$name.sha256" && return ;;
  esac
  sha256sum -- "$name" >"$name.sha256"
}
settle() {
  sync -- "$name" &
  flush=$!
  sum
  summed=$?
  wait "$flush" && [ "$summed" = 0 ] && sync -- "$name.sha256"
}`;

/**
 * $1 the destination, $2 the name of the run's directory, $3 the archive's name,
 * then tar's arguments, in which `-f` names the archive in the run's directory.
 *
 * Descriptor 3 is our end of the connection: when it closes before tar ends, we
 * have died, and tar goes too. Every step says what it did.
 */
const ARCHIVE = `${SETTLE}
dest=$1 run=$1/${WORK_DIRECTORY}/$2 name=$3
shift 3
mkdir -- "$run" || exit 1
exec 3<&0 </dev/null
tar "$@" 3<&- &
tar=$!
{ read -r _ <&3; kill "$tar"; } >/dev/null 2>&1 &
watch=$!
wait "$tar"
code=$?
kill "$watch" 2>/dev/null
if [ "$code" -gt 1 ]; then rm -rf -- "$run"; fi
echo "tar $code"
if [ "$code" -gt 1 ]; then exit 1; fi
if (cd -- "$run" && settle); then :; else rm -rf -- "$run"; exit 1; fi${PUBLISH}`;

/**
 * $1 the destination, $2 the name of the run's directory, $3 the new archive's
 * name, $4 the one that holds the same, $5 what `stat` has to say of that, $6 its
 * sha256. Says `different` where the old one is not as it was, or cannot be linked.
 * Where the new name is that file already, there is nothing to do.
 */
const LINK = `
dest=$1 run=$1/${WORK_DIRECTORY}/$2 name=$3
read -r sum _ 2>/dev/null <"$dest/$4.sha256"
if [ "$(stat -c "${STAT}" -- "$dest/$4" 2>/dev/null)" != "$5" ] || [ "$sum" != "$6" ]; then
  echo "different"; exit 0
fi
if [ "$dest/$name" -ef "$dest/$4" ]; then
  read -r own _ 2>/dev/null <"$dest/$name.sha256"
  if [ "$own" = "$sum" ]; then echo "published $sum $5"; else echo "different"; fi
  exit 0
fi
mkdir -- "$run" || exit 1
if ln -- "$dest/$4" "$run/$name" 2>/dev/null; then :; else rmdir -- "$run"; echo "different"; exit 0; fi
printf '%s  %s\\n' "$sum" "$name" >"$run/$name.sha256" && sync -- "$run/$name.sha256" ||
{ rm -rf -- "$run"; exit 1; }${PUBLISH}`;

/**
 * $1 the work directory, $2 the state's text, $3 the mirror's record, empty for none.
 * The shell's own printf would not say that the disk is full. Only the state is flushed,
 * so that its name cannot outlive its content: a loss of power may bring back the state of
 * the run before, or leave no record, and nothing is wrong with either.
 */
const WRITE_STATE = `
cd -- "$1" && env printf '%s' "$2" >state.json.new && sync -- state.json.new &&
mv -f -T -- state.json.new state.json || exit 1
if [ -n "$3" ]; then
  env printf '%s' "$3" >mirror.json.new && mv -f -T -- mirror.json.new mirror.json
fi`;

/** $0 the lock of the workers, then an argument list. The program inherits descriptor 8. */
const WORKER = 'exec 8>>"$0" && flock -s 8 && exec "$@"';

/** An argument list, at low priority: nice and, where there is one, ionice. */
const NICE =
  'if command -v ionice >/dev/null; then exec ionice -c 3 nice -n 19 "$@"; else exec nice -n 19 "$@"; fi';

function scriptArgv(script: string, ...parameters: readonly string[]): string[] {
  return ["sh", "-c", script.trim(), "roundrobinbackup", ...parameters];
}

/** Holds a connection without a lock; it greets, and changes nothing. */
export function readArgv({ path }: DestinationPaths): string[] {
  return scriptArgv(READ, path);
}

/** Holds a connection with the lock; `holder` is what a second run is told. */
export function lockArgv(
  { path, rsyncDir }: DestinationPaths,
  { waitSeconds, holder }: { waitSeconds: number; holder: string },
): string[] {
  return scriptArgv(LOCK, path, rsyncDir, String(waitSeconds), holder);
}

/** One archive on its way into place. */
export interface ArchiveRun {
  /** The final name, without a directory. */
  readonly name: string;
  /** The name of the directory, in the work directory, that no other run uses. */
  readonly directory: string;
  /** The compressor with its arguments; empty for none. */
  readonly compressor: readonly string[];
  /** At low priority. */
  readonly nice: boolean;
}

/** Packs, flushes, sums and publishes an archive, or leaves nothing behind. */
export function archiveArgv(paths: DestinationPaths, run: ArchiveRun): string[] {
  const { name, directory, compressor, nice } = run;
  const file = pathIn(pathIn(pathIn(paths.path, WORK_DIRECTORY), directory), name);
  const tar = tarOptions(paths, { file, compressor });
  const argv = scriptArgv(ARCHIVE, paths.path, directory, name, ...tar);
  return [...workerArgv(paths), ...(nice ? niceArgv() : []), ...argv];
}

/** Makes an archive that holds the same as an older one: a hard link to it. */
export function linkArgv(
  paths: DestinationPaths,
  { name, directory }: ArchiveRun,
  { archive, stat, sha256 }: MirrorRecord,
): string[] {
  const argv = scriptArgv(LINK, paths.path, directory, name, archive, stat, sha256);
  return [...workerArgv(paths), ...argv];
}

/** The commands of {@linkcode archiveArgv}, one by one, as a person would type them. */
export function shownArchiveArgvs(paths: DestinationPaths, run: ArchiveRun): string[][] {
  const directory = pathIn(pathIn(paths.path, WORK_DIRECTORY), run.directory);
  const file = pathIn(directory, run.name);
  const published = pathIn(paths.path, run.name);
  const sum = ["sh", "-c", 'cd -- "$1" && sha256sum -- "$2" >"$2.sha256"', "sh"];
  return [
    ["mkdir", "--", directory],
    ["tar", ...tarOptions(paths, { file, compressor: run.compressor })],
    ["sync", "--", file],
    [...sum, directory, run.name],
    ["mv", "-f", "-T", "--", file, published],
    ["mv", "-f", "-T", "--", `${file}.sha256`, `${published}.sha256`],
    ["rmdir", "--", directory],
  ];
}

/** Makes the directories of a destination, as the lock does. */
export function shownDirectoriesArgv({ path, rsyncDir }: DestinationPaths): string[] {
  return ["mkdir", "-p", "--", pathIn(path, rsyncDir), pathIn(path, WORK_DIRECTORY)];
}

/** Replaces the state, whole or not at all, and then the mirror's record. */
export function writeStateArgv(
  { path }: DestinationPaths,
  { state, mirror }: { state: string; mirror: string },
): string[] {
  return scriptArgv(WRITE_STATE, pathIn(path, WORK_DIRECTORY), state, mirror);
}

/** In front of an argument list: known to the next run's lock for as long as it lives. */
export function workerArgv({ path }: DestinationPaths): string[] {
  return ["sh", "-c", WORKER, pathIn(pathIn(path, WORK_DIRECTORY), "workers")];
}

/** In front of an argument list: at low priority. */
export function niceArgv(): string[] {
  return ["sh", "-c", NICE, "nice"];
}
