import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import {
  type Location,
  locationText,
  parseLocation,
  type RemoteLocation,
  rsyncTarget,
  sshTarget,
} from "../../lib/location.ts";

function remote(host: string, path: string, more: Partial<RemoteLocation> = {}): RemoteLocation {
  return { kind: "remote", host, path, ...more };
}

function assertLocations(cases: Record<string, Location>): void {
  for (const [text, location] of Object.entries(cases)) {
    assertEquals(parseLocation(text), location, text);
  }
}

function assertRefused(text: string, reason: string): void {
  const { message } = assertThrows(() => parseLocation(text), UsageError);
  assertStringIncludes(message, `"${text}"`);
  assertStringIncludes(message, reason);
}

Deno.test("location: [user@]host:path is remote", () => {
  assertLocations({
    "host:/srv/backups": remote("host", "/srv/backups"),
    "host:relative/dir": remote("host", "relative/dir"),
    "host:.": remote("host", "."),
    "deploy@backup.example.com:/srv": remote("backup.example.com", "/srv", { user: "deploy" }),
    "a@b@host:/srv": remote("host", "/srv", { user: "a@b" }),
    "192.0.2.7:/srv": remote("192.0.2.7", "/srv"),
    "h:/": remote("h", "/"),
    "bücher.example:/srv": remote("bücher.example", "/srv"),
    "host:/a:b": remote("host", "/a:b"),
    'host:/with space/it\'s/$(x)/`y`/"z"': remote("host", '/with space/it\'s/$(x)/`y`/"z"'),
  });
});

Deno.test("location: an IPv6 address stands in brackets", () => {
  assertLocations({
    "[::1]:/srv": remote("::1", "/srv"),
    "root@[2001:db8::7]:backups": remote("2001:db8::7", "backups", { user: "root" }),
    "[fe80::1%eth0]:/srv": remote("fe80::1%eth0", "/srv"),
  });
});

Deno.test("location: ssh:// takes a port and has an absolute path", () => {
  assertLocations({
    "ssh://host/srv": remote("host", "/srv"),
    "ssh://deploy@host:2222/srv/x": remote("host", "/srv/x", { user: "deploy", port: 2222 }),
    "ssh://[::1]:65535/srv": remote("::1", "/srv", { port: 65535 }),
    "ssh://root@[::1]/srv": remote("::1", "/srv", { user: "root" }),
    "ssh://host:1/": remote("host", "/", { port: 1 }),
    "ssh://host/a:b@c": remote("host", "/a:b@c"),
  });
});

Deno.test("location: without a colon before the first slash it is local", () => {
  for (
    const path of [
      "/srv/backups",
      "relative",
      "./a:b",
      "../a:b",
      "/srv/a:b",
      "dir/a:b",
      "deploy@host/srv",
      "/srv/with space\nand line",
      "/srv/*",
      "~/backups",
      "-dash",
      "[dir]",
      ".",
      "/",
    ]
  ) assertEquals(parseLocation(path), { kind: "local", path });
});

Deno.test("location: an empty user or host is refused", () => {
  for (const text of ["@host:/srv", "@:/srv", "[]:/srv", "user@:/srv"]) {
    assertRefused(text, "is empty");
  }
  for (const text of ["ssh:///srv", "ssh://@host/srv", "ssh://user@/srv", "ssh://[]/srv"]) {
    assertRefused(text, "is empty");
  }
});

Deno.test("location: a colon at the very start is remote too, and its host is empty", () => {
  // "$HOST:/srv" with HOST unset must not fill a directory named ":" here.
  for (const text of [":/srv", ":relative"]) assertRefused(text, "the host is empty");
});

Deno.test("location: the home directory over there may be written with a tilde", () => {
  assertLocations({
    "host:~": remote("host", "."),
    "host:~/": remote("host", "./"),
    "host:~/backups": remote("host", "./backups"),
    "host:~//backups": remote("host", "./backups"),
    "host:dir/~x": remote("host", "dir/~x"),
  });
  assertRefused("host:~other/backups", "another user's home");
});

Deno.test("location: a remote path that starts with a dash cannot be taken for an option", () => {
  assertLocations({
    "host:-rf": remote("host", "./-rf"),
    "host:--delete/x": remote("host", "./--delete/x"),
  });
});

Deno.test("location: user and host cannot be taken for an option of ssh", () => {
  assertRefused("-oProxyCommand=x:/srv", "starts with a dash");
  assertRefused("-l@host:/srv", "starts with a dash");
  assertRefused("user@-host:/srv", "starts with a dash");
  assertRefused("ssh://-oProxyCommand=x/srv", "starts with a dash");
  assertRefused("ssh://-l@host/srv", "starts with a dash");
});

Deno.test("location: user and host have no characters that a shell would know", () => {
  for (const name of ["a b", "a;b", "$(x)", "`x`", "a|b", "a&b", "a'b", 'a"b', "a\nb", "a*b"]) {
    assertRefused(`${name}:/srv`, "no host has");
    assertRefused(`${name}@host:/srv`, "no user has");
    assertRefused(`ssh://${name}/srv`, "no host has");
    assertRefused(`ssh://${name}@host/srv`, "no user has");
  }
});

Deno.test("location: an rsync daemon is refused, because it cannot pack archives", () => {
  assertRefused("host::module/x", "rsync daemon");
  assertRefused("user@host::module", "rsync daemon");
  assertRefused("[::1]::module", "rsync daemon");
  assertRefused("rsync://host/module", "rsync daemon");
});

Deno.test("location: a remote path with a glob character is refused by that character", () => {
  assertRefused("host:/srv/*", '"*"');
  assertRefused("host:/srv/a?c", '"?"');
  assertRefused("host:/srv/[ab]", '"["');
  assertRefused("ssh://host/srv/*", '"*"');
});

Deno.test("location: a remote path with a line break is refused", () => {
  assertRefused("host:/srv/a\nb", "line break");
  assertRefused("host:/srv/a\rb", "line break");
  assertRefused("ssh://host/srv/a\nb", "line break");
});

Deno.test("location: no directory, no destination", () => {
  assertRefused("", "empty");
  assertRefused("host:", "no directory");
  assertRefused("user@host:", "no directory");
  assertRefused("ssh://host", "no directory");
  assertRefused("ssh://host:22", "no directory");
});

Deno.test("location: a NUL is in no path", () => {
  assertRefused("/srv/a\0b", "NUL");
  assertRefused("host:/srv/a\0b", "NUL");
});

Deno.test("location: a port that is none is refused by its value", () => {
  for (const port of ["0", "65536", "x", "", "-1", "2 2", "2e3", "+22"]) {
    assertRefused(`ssh://host:${port}/srv`, `port "${port}"`);
  }
});

Deno.test("location: an ssh address that is none is refused", () => {
  assertRefused("ssh://[::1/srv", "ssh://[user@]host[:port]/path");
  assertRefused("ssh://", "no directory");
});

Deno.test("targets: as ssh, rsync and messages name them", () => {
  const cases: [string, string, string, string][] = [
    ["host:/srv", "host", "host:/srv/latest", "host:/srv"],
    ["me@host:x", "me@host", "me@host:/srv/latest", "me@host:x"],
    ["me@[::1]:/srv", "me@::1", "me@[::1]:/srv/latest", "me@::1:/srv"],
    ["ssh://[::1]:22/srv", "::1", "[::1]:/srv/latest", "::1:/srv"],
  ];
  for (const [text, ssh, rsync, shown] of cases) {
    const location = parseLocation(text);
    if (location.kind !== "remote") throw new Error(`${text} is not remote`);
    assertEquals(sshTarget(location), ssh);
    assertEquals(rsyncTarget(location, "/srv/latest"), rsync);
    assertEquals(locationText(location), shown);
  }
  assertEquals(locationText(parseLocation("/srv/a:b")), "/srv/a:b");
});
