/**
 * The scripts that run at a destination, for steps that have to be one piece.
 * Their texts are constants; all that differs comes in as `$1`, `$2`, …, so that
 * no name is ever part of a shell's text, and a gatekeeper can allow exactly these.
 *
 * @module
 */

import { type DestinationPaths, pathIn, tarOptions, WORK_DIRECTORY } from "./argv.ts";

/** A held connection announces itself by a line that starts so. */
export const ANNOUNCEMENT = "roundrobinbackup: connected";
/** What a held connection has to say ends with this line. */
export const END_OF_GREETING = "roundrobinbackup: ready";
/** The exit status of a script that found the destination locked. */
export const LOCKED = 75;

/** Clock and state, for whoever holds or only reads: `$dir` is the work directory. */
const GREETING = `
echo "${ANNOUNCEMENT} $(date +%s)"
cat -- "$dir/state.json" 2>/dev/null
echo
echo "${END_OF_GREETING}"
exec cat >/dev/null`;

/** $1 the work directory. Holds the connection until our end of it closes, also by our death. */
const READ = `dir=$1${GREETING}`;

/**
 * $1 the destination, $2 the mirror's directory, $3 seconds to wait, $4 who we are.
 *
 * Descriptor 9 holds the lock until this shell ends, and it ends when our end of
 * the connection closes. Programs of a run that died hold `workers` while they
 * live: they are waited for. What that run left is cleared; where it ended
 * between its last two renames, the second one is made up for.
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
flock -w "$3" 9 || { cat -- "$dir/lock"; exit ${LOCKED}; }
flock -w 20 8 || { echo "programs of an earlier run, which still end"; exit ${LOCKED}; }
flock -u 8
exec 8>&-
printf '%s\\n' "$4" >"$dir/lock" 2>/dev/null
for run in "$dir"/run-*; do
  for sum in "$run"/*.sha256; do
    if [ -f "$sum" ] && [ ! -e "\${sum%.sha256}" ]; then mv -f -- "$sum" "$1/"; fi
  done
  [ ! -e "$run" ] || rm -rf -- "$run" || exit 1
done${GREETING}`;

/**
 * $1 the destination, $2 the name of the run's directory, $3 the archive's name,
 * then tar's arguments, in which \`-f\` names the archive in the run's directory.
 *
 * Descriptor 3 is our end of the connection: when it closes before tar ends, we
 * have died, and tar goes too. Every step says what it did.
 */
const ARCHIVE = `
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
if (cd -- "$run" && sync -- "$name" && sha256sum -- "$name" >"$name.sha256" && sync -- "$name.sha256")
then :; else rm -rf -- "$run"; exit 1; fi
if mv -f -T -- "$run/$name" "$dest/$name"; then :; else rm -rf -- "$run"; exit 1; fi
mv -f -T -- "$run/$name.sha256" "$dest/$name.sha256" || exit 1
sync -- "$dest" && rmdir -- "$run" && echo "published"`;

/** $1 the work directory, $2 the state's text. */
const WRITE_STATE = `
printf '%s' "$2" >"$1/state.json.new" && sync -- "$1/state.json.new" &&
mv -f -T -- "$1/state.json.new" "$1/state.json" && sync -- "$1"`;

function scriptArgv(script: string, ...parameters: readonly string[]): string[] {
  return ["sh", "-c", script.trim(), "roundrobinbackup", ...parameters];
}

/** Holds a connection without a lock and greets with clock and state. */
export function readArgv({ path }: DestinationPaths): string[] {
  return scriptArgv(READ, pathIn(path, WORK_DIRECTORY));
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
}

/** Packs, flushes, sums and publishes an archive, or leaves nothing behind. */
export function archiveArgv(paths: DestinationPaths, { name, directory }: ArchiveRun): string[] {
  const file = pathIn(pathIn(pathIn(paths.path, WORK_DIRECTORY), directory), name);
  const tar = tarOptions(paths, file);
  return workerArgv(paths, scriptArgv(ARCHIVE, paths.path, directory, name, ...tar));
}

/** The commands of {@linkcode archiveArgv}, one by one, as a person would type them. */
export function shownArchiveArgvs(paths: DestinationPaths, run: ArchiveRun): string[][] {
  const directory = pathIn(pathIn(paths.path, WORK_DIRECTORY), run.directory);
  const file = pathIn(directory, run.name);
  const published = pathIn(paths.path, run.name);
  const sum = ["sh", "-c", 'cd -- "$1" && sha256sum -- "$2" >"$2.sha256"', "sh"];
  return [
    ["mkdir", "--", directory],
    ["tar", ...tarOptions(paths, file)],
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

/** Replaces the state, whole or not at all. */
export function writeStateArgv({ path }: DestinationPaths, text: string): string[] {
  return scriptArgv(WRITE_STATE, pathIn(path, WORK_DIRECTORY), text);
}

/** $0 the lock of the workers, then an argument list. The program inherits descriptor 8. */
const WORKER = 'exec 8>>"$0" && flock -s 8 && exec "$@"';

/** `argv`, known to the next run's lock for as long as it lives. */
export function workerArgv({ path }: DestinationPaths, argv: readonly string[]): string[] {
  return ["sh", "-c", WORKER, pathIn(pathIn(path, WORK_DIRECTORY), "workers"), ...argv];
}

/** What a held connection said when it was made. */
export interface Greeting {
  /** The destination's clock. */
  readonly clock: Temporal.Instant;
  /** The text of the state file; empty when there is none. */
  readonly state: string;
}

/**
 * Reads a greeting.
 *
 * @throws {Error} when it is none
 */
export function parseGreeting(text: string): Greeting {
  const match = new RegExp(`^${ANNOUNCEMENT} (\\d+)\\n([^]*)\\n${END_OF_GREETING}$`, "m").exec(
    text,
  );
  if (match === null) throw new Error(`Cannot read the greeting ${JSON.stringify(text)}`);
  const [, seconds, state] = match;
  return {
    clock: Temporal.Instant.fromEpochMilliseconds(Number(seconds) * 1000),
    state: state?.trim() ?? "",
  };
}
