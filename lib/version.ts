/**
 * What this program is, for `--version`.
 *
 * @module
 */

import metadata from "../deno.json" with { type: "json" };

/** `scripts/build` writes the commit here. */
const COMMIT = "@COMMIT@";

/** One line: the program's version, the runtime's, and what it was built from. */
export function versionText(denoVersion: string): string {
  const origin = COMMIT.startsWith("@") ? "from its sources" : `commit ${COMMIT}`;
  return `roundrobinbackup ${metadata.version} (${origin}, Deno ${denoVersion})`;
}
