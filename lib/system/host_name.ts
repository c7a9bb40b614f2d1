/**
 * The name of this machine.
 *
 * @module
 */

import { runProcess } from "./process.ts";

/** This machine's name, as `uname -n` prints it. */
export async function hostName(): Promise<string> {
  const { stdout } = await runProcess(["uname", "-n"]);
  return stdout.trim();
}
