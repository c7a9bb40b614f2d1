import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import {
  type BackupRequest,
  type ListRequest,
  parseRequest,
  type PlanRequest,
} from "../../lib/request.ts";

function backupRequest(...argv: string[]): BackupRequest {
  const request = parseRequest(argv);
  if (request.command !== "backup") throw new Error(`${argv} gives ${request.command}`);
  return request;
}

function listRequest(...argv: string[]): ListRequest {
  const request = parseRequest(["list", ...argv]);
  if (request.command !== "list") throw new Error(`${argv} gives ${request.command}`);
  return request;
}

function planRequest(...argv: string[]): PlanRequest {
  const request = parseRequest(["plan", ...argv]);
  if (request.command !== "plan") throw new Error(`${argv} gives ${request.command}`);
  return request;
}

function assertRefused(argv: string[], ...parts: string[]): void {
  const { message } = assertThrows(() => parseRequest(argv), UsageError);
  for (const part of parts) assertStringIncludes(message, part, argv.join(" "));
}

const REMOTE = { kind: "remote", user: "me", host: "host", path: "/srv" } as const;

Deno.test("backup: SOURCE and DESTINATION are enough; the rest has the defaults of 0.8.4", () => {
  const request = backupRequest("/var/www/", "me@host:/srv");
  assertEquals(request.source, "/var/www/");
  assertEquals(request.destination.location, REMOTE);
  assertEquals(request.destination.ssh.port, undefined);
  assertEquals(request.destination.ssh.identityFile, undefined);
  assertEquals(request.destination.rsyncDir, "latest");
  assertEquals(request.backupPrefix, "automated-backup-");
  assertEquals(request.policy, { days: 6, weeks: 5, months: 6, years: 10 });
  assertEquals(Object.values(request.anchorChoice).filter((part) => part !== undefined), []);
  assertEquals(request.exclude, []);
  assertEquals([request.dryRun, request.allowEmpty], [false, false]);
  assertEquals([request.lockWait, request.requireMount], [0, undefined]);
  assertEquals(request.compression, { name: "auto", level: undefined });
  assertEquals([request.alwaysArchive, request.nice, request.rsyncOptions], [false, false, []]);
  assertEquals(request.prune, {
    noPrune: false,
    maxPrune: 4,
    maxPruneGiven: false,
    acceptShrink: false,
  });
  assertEquals([request.destination.retries, request.destination.ssh.timeout], [2, 60]);
});

Deno.test("backup: every option arrives where it belongs", () => {
  const request = backupRequest(
    ..."-n -p 2222 -i /k --rsync-dir mirror/ --backup-prefix www.example.com-".split(" "),
    ..."--days 1 --weeks 2 --months 3 --years 4 --anchor-date 2024-02-29 --allow-empty".split(" "),
    ..."--day-of-week 5 --day-of-month 6 --month-of-year 7 --lock-wait 60".split(" "),
    ..."--retries 5 --timeout 30 --require-mount /mnt --no-prune --max-prune 9".split(" "),
    ..."--compress zstd --compress-level 19 --always-archive --bwlimit 1.5m --nice".split(" "),
    ..."--rsync-option=--fsync --rsync-option=-H --ssh-config /c".split(" "),
    ..."--ssh-option Compression=no --ssh-option Ciphers=x".split(" "),
    ..."--accept-shrink --exclude *.log .git S ./D".split(" "),
  );
  assertEquals(request.destination, {
    location: { kind: "local", path: "./D" },
    ssh: {
      port: 2222,
      identityFile: "/k",
      timeout: 30,
      configFile: "/c",
      options: ["Compression=no", "Ciphers=x"],
    },
    retries: 5,
    rsyncDir: "mirror",
  });
  assertEquals(request.source, "S");
  assertEquals(request.backupPrefix, "www.example.com-");
  assertEquals(request.policy, { days: 1, weeks: 2, months: 3, years: 4 });
  const { anchorDate, ...parts } = request.anchorChoice;
  assertEquals(anchorDate?.toString(), "2024-02-29");
  assertEquals(parts, { dayOfWeek: 5, dayOfMonth: 6, monthOfYear: 7 });
  assertEquals(request.exclude, ["*.log", ".git"]);
  assertEquals([request.dryRun, request.allowEmpty], [true, true]);
  assertEquals([request.lockWait, request.requireMount], [60, "/mnt"]);
  assertEquals(request.compression, { name: "zstd", level: 19 });
  assertEquals([request.alwaysArchive, request.nice], [true, true]);
  assertEquals(request.rsyncOptions, ["--bwlimit=1.5m", "--fsync", "-H"]);
  assertEquals(request.prune, {
    noPrune: true,
    maxPrune: 9,
    maxPruneGiven: true,
    acceptShrink: true,
  });
});

Deno.test("backup: an old cron line means what it meant", () => {
  const line =
    "-p 22022 -i /root/.ssh/backup --backup-prefix www- /var/www me@host:/srv --exclude .git*";
  const request = backupRequest(...line.split(" "));
  assertEquals(request.source, "/var/www");
  assertEquals(request.destination.location, REMOTE);
  const { port, identityFile } = request.destination.ssh;
  assertEquals([port, identityFile], [22022, "/root/.ssh/backup"]);
  assertEquals(request.exclude, [".git*"]);
});

Deno.test("backup: SOURCE keeps every character; it is no address", () => {
  for (const source of ["./list", "backup", "a:b", "host:/x", "with space\n", "/", "-"]) {
    assertEquals(backupRequest(source, "/srv").source, source);
  }
});

Deno.test("backup: a word too few or too many is named", () => {
  assertRefused([], "SOURCE and DESTINATION are missing");
  assertRefused(["-n"], "SOURCE and DESTINATION are missing");
  assertRefused(["S"], "DESTINATION is missing");
  assertRefused(["S", "--exclude", "D"], "DESTINATION is missing");
  assertRefused(["S", "D", "third"], '"third"', "SOURCE and DESTINATION");
  assertRefused(["backup", "S", "D"], '"D"', "SOURCE and DESTINATION");
});

Deno.test("backup: empty words are refused", () => {
  assertRefused(["", "D"], "SOURCE is empty");
  assertRefused(["S", ""], '""', "empty");
});

Deno.test("destination: one that cannot be backed up to is refused with the reason", () => {
  assertRefused(["S", "host::module"], '"host::module"', "rsync daemon");
  assertRefused(["list", "host:/srv/*"], '"host:/srv/*"', '"*"');
  assertRefused(["plan", "host:"], '"host:"', "no directory");
});

Deno.test("destination: the port of an ssh address, unless --ssh-port says another", () => {
  const address = "ssh://me@host:2222/srv";
  assertEquals(backupRequest("S", address).destination.ssh.port, 2222);
  assertEquals(backupRequest("S", address, "-p", "2222").destination.ssh.port, 2222);
  assertEquals(listRequest("ssh://me@host/srv", "-p", "23").destination.ssh.port, 23);
  assertRefused(["S", address, "-p", "22"], `"${address}"`, "2222", "--ssh-port says 22");
});

Deno.test("list: one DESTINATION, with the connection and the retention options", () => {
  const request = listRequest("--json", "-p", "23", "--days", "1", "me@host:/srv");
  assertEquals(request.destination.location, REMOTE);
  assertEquals(request.destination.ssh.port, 23);
  assertEquals(request.policy.days, 1);
  assertEquals([request.json, listRequest("D").json], [true, false]);
  assertRefused(["list"], "DESTINATION is missing");
  assertRefused(["list", "D", "E"], '"E"', "DESTINATION");
});

Deno.test("plan: for nothing, for a DESTINATION, or for names in a file", () => {
  assertEquals(planRequest().archives, { from: "nowhere" });
  assertEquals(planRequest("--archives", "names.txt").archives, {
    from: "file",
    file: "names.txt",
  });
  assertEquals(planRequest("--archives", "-").archives, { from: "file", file: "-" });
  const { archives } = planRequest("me@host:/srv", "-i", "/k");
  if (archives.from !== "destination") throw new Error(archives.from);
  assertEquals(archives.destination.location, REMOTE);
  assertEquals(archives.destination.ssh.identityFile, "/k");
});

Deno.test("plan: not for a DESTINATION and a file at once, nor for two destinations", () => {
  assertRefused(["plan", "D", "--archives", "names.txt"], '"D"', '"names.txt"');
  assertRefused(["plan", "D", "E"], '"E"', "DESTINATION");
});

Deno.test("plan: as of a date, by any anchor", () => {
  const request = planRequest("--today", "2024-02-29", "--day-of-month=31", "--json");
  assertEquals(request.today?.toString(), "2024-02-29");
  assertEquals(request.anchorChoice.dayOfMonth, 31);
  assertEquals(request.json, true);
  assertEquals(planRequest().today, undefined);
});

Deno.test("help: of the program and of each command, whatever else is missing", () => {
  for (const argv of [["--help"], ["-h"], ["-nh", "S"], ["S", "D", "E", "--help"]]) {
    assertEquals(parseRequest(argv), { command: "help", topic: "backup" });
  }
  assertEquals(parseRequest(["list", "--help"]), { command: "help", topic: "list" });
  assertEquals(parseRequest(["-h", "plan", "host::x"]), { command: "help", topic: "plan" });
  assertEquals(parseRequest(["--version", "--help"]), { command: "help", topic: "backup" });
});

Deno.test("version: asked of the program or of a command", () => {
  for (const argv of [["--version"], ["list", "--version"], ["S", "--version"]]) {
    assertEquals(parseRequest(argv), { command: "version" });
  }
});
