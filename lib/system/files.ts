/**
 * What a run reads of this machine's files: the source, the key, lists of names.
 *
 * @module
 */

import { exists } from "@std/fs/exists";
import { resolve } from "@std/path";
import { UsageError } from "../errors.ts";
import type { DestinationRequest } from "../request.ts";

/**
 * The lines of a file, or of standard input for `-`, without empty ones.
 *
 * @throws {UsageError} when the file cannot be read
 */
export async function readLines(file: string): Promise<string[]> {
  const text = file === "-" ? await new Response(Deno.stdin.readable).text() : await readText(file);
  return text.split("\n").filter((line) => line !== "");
}

async function readText(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new UsageError(`Cannot read "${file}": ${reason(error)}`, { cause: error });
  }
}

/**
 * The request with its paths made absolute.
 *
 * @throws {UsageError} when the identity file is missing
 */
export async function absoluteDestination(
  request: DestinationRequest,
): Promise<DestinationRequest> {
  const { location, ssh } = request;
  if (location.kind === "local") {
    return { ...request, location: { ...location, path: resolve(location.path) } };
  }
  if (ssh.identityFile === undefined) return request;
  const identityFile = resolve(ssh.identityFile);
  if (!await exists(identityFile, { isFile: true })) {
    throw new UsageError(
      `Bad value "${ssh.identityFile}" for --ssh-identity-file: there is no file "${identityFile}"`,
    );
  }
  return { ...request, ssh: { ...ssh, identityFile } };
}

/**
 * The absolute path of a source that can be backed up; its trailing slash stays,
 * because it decides whether rsync copies the directory or what is in it.
 *
 * @throws {Error} when it is missing, is no directory, or is empty unless allowed
 */
export async function checkedSource(source: string, allowEmpty: boolean): Promise<string> {
  const contents = /(^|\/)\.{0,2}$/.test(source);
  const path = resolve(source);
  const absolute = contents && path !== "/" ? `${path}/` : path;
  const refused = (why: string, cause?: unknown) =>
    new Error(`Cannot back up "${source}": ${why}`, { cause });
  try {
    const info = contents ? await Deno.stat(path) : await Deno.lstat(path);
    if (info.isSymlink) {
      throw refused(`it is a symbolic link; write "${source}/" for what it points to`);
    }
    if (!info.isDirectory) throw refused("it is not a directory");
    for await (const _ of Deno.readDir(path)) return absolute;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw refused("it does not exist (is it mounted?); nothing was touched", error);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw refused("it cannot be read: permission denied", error);
    }
    throw error;
  }
  if (allowEmpty) return absolute;
  throw refused("it is empty (is it mounted?); to back it up all the same, pass --allow-empty");
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
