/**
 * What a run reads of this machine's files: the source, the key, lists of names.
 *
 * @module
 */

import { exists } from "@std/fs/exists";
import { basename, dirname, join, resolve } from "@std/path";
import { UsageError } from "../errors.ts";
import type { BackupRequest, DestinationRequest } from "../request.ts";
import { runProcess } from "./process.ts";

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
  const { identityFile, configFile } = ssh;
  const files = {
    identityFile: identityFile && await keyFile(identityFile),
    configFile: configFile && await existingFile("--ssh-config", configFile),
  };
  return { ...request, ssh: { ...ssh, ...files } };
}

async function keyFile(text: string): Promise<string> {
  // ssh expands both in the name of a key, and offers no way to write them plainly.
  const expanded = /%|\$\{/.exec(resolve(text))?.[0];
  if (expanded === undefined) return await existingFile("--ssh-identity-file", text);
  throw new UsageError(
    `Bad value "${text}" for --ssh-identity-file: ssh would expand "${expanded}" in it; ` +
      "choose another name",
  );
}

/** The absolute path of a file that an option names. */
async function existingFile(option: string, text: string): Promise<string> {
  const path = resolve(text);
  if (await exists(path, { isFile: true })) return path;
  throw new UsageError(`Bad value "${text}" for ${option}: there is no file "${path}"`);
}

/**
 * The absolute path of a source that can be backed up; its trailing slash stays,
 * because it decides whether rsync copies the directory or what is in it.
 *
 * @throws {Error} when it is missing, is no directory, is empty unless allowed, is
 *   not mounted as demanded, or lies in the destination or around it
 */
export async function checkedSource(request: BackupRequest): Promise<string> {
  const { source, allowEmpty, requireMount, destination: { location } } = request;
  const refused = (why: string, cause?: unknown) =>
    new Error(`Cannot back up "${source}": ${why}`, { cause });
  const contents = /(^|\/)\.{0,2}$/.test(source);
  const path = resolve(source);
  if (requireMount !== undefined && !await isMountPoint(requireMount)) {
    throw refused(`"${requireMount}" is not a mount point; nothing was touched`);
  }
  try {
    const info = contents ? await Deno.stat(path) : await Deno.lstat(path);
    if (info.isSymlink) {
      throw refused(`it is a symbolic link; write "${source}/" for what it points to`);
    }
    if (!info.isDirectory) throw refused("it is not a directory");
    if (!allowEmpty && await isEmpty(path)) {
      throw refused(
        "it is empty (is it mounted?); to back it up all the same, pass --allow-empty",
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw refused("it does not exist (is it mounted?); nothing was touched", error);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw refused("it cannot be read: permission denied", error);
    }
    throw error;
  }
  if (location.kind === "local") {
    const [from, to] = [await realPath(path), await realPath(resolve(location.path))];
    if (isInside(to, from)) throw refused(`the destination "${location.path}" lies inside it`);
    if (isInside(from, to)) throw refused(`it lies inside the destination "${location.path}"`);
  }
  return contents && path !== "/" ? `${path}/` : path;
}

async function isEmpty(directory: string): Promise<boolean> {
  for await (const _ of Deno.readDir(directory)) return false;
  return true;
}

async function isMountPoint(path: string): Promise<boolean> {
  const { code } = await runProcess(["mountpoint", "-q", "--", resolve(path)]);
  return code === 0;
}

/** The path without symbolic links; of what does not exist, as far as it does. */
async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || path === "/") throw error;
    return join(await realPath(dirname(path)), basename(path));
  }
}

/** Whether `path` is `directory` or lies below it. */
function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
