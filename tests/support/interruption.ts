/**
 * Stops the program in the middle of its work.
 *
 * @module
 */

import { join } from "@std/path";
import type { Outcome } from "./command.ts";
import type { Site, SiteRunOptions } from "./site.ts";

/**
 * A `tar` that leaves an unfinished archive, says in `file` that it has begun and
 * then works until that file is gone: at the latest, with the site.
 */
export function endlessTar(file: string): string {
  return `while [ "\${1#-c}" = "$1" ]; do shift; done
    echo part >"$2"; echo begun >'${file}'
    while [ -e '${file}' ]; do sleep 0.05; done; exit 2`;
}

/** Where {@linkcode endlessTar} of a site says that it has begun. */
export function begunFile(site: Site): string {
  return join(site.directory, "begun");
}

/**
 * Runs the program with `args`, sends it `signal` once {@linkcode endlessTar} has
 * begun, and gives its exit status as a shell sees it.
 */
export async function interruptedRun(
  site: Site,
  signal: "INT" | "TERM" | "HUP",
  { args, ...options }: SiteRunOptions & { readonly args: readonly string[] },
): Promise<Outcome> {
  // With job control, so that the program in the background does not ignore SIGINT.
  const script = `set -m; begun=$1; shift; "$@" & program=$!; tries=0
    until [ -e "$begun" ] || [ $((tries += 1)) -gt 400 ]; do sleep 0.05; done
    kill -${signal} $program; wait $program`;
  const shell = ["sh", "-c", script, "sh", begunFile(site)];
  return await site.command([...shell, ...await site.programArgv(), ...args], options);
}
