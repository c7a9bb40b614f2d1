/**
 * Where a destination is: a directory here, or one on a host that ssh reaches.
 *
 * @module
 */

import { UsageError } from "./errors.ts";

/** A directory of this machine. */
export interface LocalLocation {
  readonly kind: "local";
  readonly path: string;
}

/** A directory of a host that ssh reaches. */
export interface RemoteLocation {
  readonly kind: "remote";
  readonly user?: string;
  /** As ssh takes it: a name of its configuration, a host name, an address. */
  readonly host: string;
  /** Only what an `ssh://` address named. */
  readonly port?: number;
  /** Absolute, or relative to the home directory of the user there. */
  readonly path: string;
}

/** A destination, checked. */
export type Location = LocalLocation | RemoteLocation;

const SSH_ADDRESS = /^ssh:\/\/(?:([^\/]*)@)?(\[[^\]\/]*\]|[^:\/\[\]]*)(?::([^\/]*))?(\/[^]*)?$/;
const SCP_ADDRESS = /^(?:([^:\/]*)@)?(\[[^\]\/]*\]|[^:\/\[\]]*):([^]*)$/;

/**
 * Reads `[user@]host:/path`, `[user@]host:relative`, `[user@][::1]:/path`,
 * `ssh://[user@]host[:port]/path`, or a local path. As in rsync, a colon before
 * the first slash makes it remote; `./a:b` is local.
 *
 * @throws {UsageError} for what cannot be backed up to, with the reason
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseLocation } from "./location.ts";
 *
 * assertEquals(parseLocation("deploy@backup.example.com:/srv/www"), {
 *   kind: "remote",
 *   user: "deploy",
 *   host: "backup.example.com",
 *   path: "/srv/www",
 * });
 * ```
 */
export function parseLocation(text: string): Location {
  if (text === "") throw refused(text, "it is empty");
  if (text.includes("\0")) throw refused(text, "it contains a NUL character");
  if (text.startsWith("rsync://")) {
    throw refused(text, "an rsync daemon cannot pack archives; use [user@]host:/path");
  }
  if (text.startsWith("ssh://")) return sshAddress(text);
  const colon = text.indexOf(":");
  const slash = text.indexOf("/");
  const bracketed = /^(?:[^:\/]*@)?\[[^\]\/]*\]:/.test(text);
  if (colon >= 0 && (slash < 0 || colon < slash) || bracketed) return scpAddress(text);
  return { kind: "local", path: text };
}

/** A location as messages name it. */
export function locationText(location: Location): string {
  if (location.kind === "local") return location.path;
  return `${sshTarget(location)}:${location.path}`;
}

/** `[user@]host` as ssh takes it: an address without its brackets. */
export function sshTarget(location: RemoteLocation): string {
  return location.user === undefined ? location.host : `${location.user}@${location.host}`;
}

/** `[user@]host:path` as rsync takes it: an IPv6 address in brackets. */
export function rsyncTarget(location: RemoteLocation, path: string): string {
  const host = location.host.includes(":") ? `[${location.host}]` : location.host;
  return `${location.user === undefined ? "" : `${location.user}@`}${host}:${path}`;
}

function sshAddress(text: string): RemoteLocation {
  const match = SSH_ADDRESS.exec(text);
  if (match === null) throw refused(text, "it is not ssh://[user@]host[:port]/path");
  const [, user, host, port, path] = match;
  if (path === undefined) throw refused(text, "it names no directory; add /path");
  // As in URLs of scp(1), one more slash would be part of an absolute path: ours always is one.
  const remote = remoteLocation(text, user, host ?? "", path);
  if (port === undefined) return remote;
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > 65535) {
    throw refused(text, `port "${port}" is not a number from 1 to 65535`);
  }
  return { ...remote, port: number };
}

function scpAddress(text: string): RemoteLocation {
  const match = SCP_ADDRESS.exec(text);
  if (match === null) throw refused(text, "it is not [user@]host:/path");
  const [, user, host, path] = match;
  if (path?.startsWith(":")) {
    throw refused(text, "an rsync daemon module cannot pack archives; use [user@]host:/path");
  }
  return remoteLocation(text, user, host ?? "", path ?? "");
}

function remoteLocation(
  text: string,
  user: string | undefined,
  bracketedHost: string,
  path: string,
): RemoteLocation {
  const host = bracketedHost.replace(/^\[(.*)\]$/s, "$1");
  checkName(text, "host", host);
  if (user !== undefined) checkName(text, "user", user);
  const location = { kind: "remote", host, path: remotePath(text, path) } as const;
  return user === undefined ? location : { ...location, user };
}

/** ssh reads a leading dash as an option, and hands user and host to a shell in some set-ups. */
function checkName(text: string, what: string, name: string): void {
  if (name === "") throw refused(text, `the ${what} is empty`);
  if (name.startsWith("-")) throw refused(text, `the ${what} "${name}" starts with a dash`);
  const strange = what === "host" ? /[^\p{L}\p{N}._:%\-]/u : /[^\p{L}\p{N}._@+\-]/u;
  if (strange.test(name)) {
    throw refused(text, `the ${what} "${name}" has a character that no ${what} has`);
  }
}

function remotePath(text: string, path: string): string {
  if (/[\r\n]/.test(path)) throw refused(text, "rsync cannot carry a line break in a remote path");
  const glob = /[*?\[]/.exec(path);
  if (glob !== null) {
    throw refused(
      text,
      `the remote side would expand the "${glob[0]}" in its path; choose a path without * ? [`,
    );
  }
  // The home directory is where ssh starts: "~/x" and "x" are the same there.
  const plain = path.replace(/^~\/+/, "./").replace(/^~$/, ".");
  if (plain === "") {
    throw refused(text, "it names no directory; for the home directory write host:.");
  }
  if (plain.startsWith("~")) {
    throw refused(text, "another user's home is not expanded; write the path out");
  }
  return plain.startsWith("-") ? `./${plain}` : plain;
}

function refused(text: string, reason: string): UsageError {
  return new UsageError(`Cannot use the destination "${text}": ${reason}`);
}
