/**
 * Keeps results, in the README beside this file.
 *
 * @module
 */

import { join } from "@std/path";
import { print } from "./print.ts";

const START = "## Results: ";

/** Replaces the results of that name at the end of the README, or adds them. */
export async function saveResults(name: string, text: string): Promise<void> {
  const file = join(import.meta.dirname ?? ".", "README.md");
  const [description = "", ...results] = (await Deno.readTextFile(file)).split(
    /^(?=## Results: )/m,
  );
  const heading = `${START}${name}\n`;
  const others = results.filter((part) => !part.startsWith(heading));
  const parts = [description, ...[...others, `${heading}\n${text}\n`].sort()];
  await Deno.writeTextFile(file, parts.map((part) => `${part.trim()}\n`).join("\n"));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", file] }).output();
  await print(`Written into ${file}`, Deno.stderr);
}
