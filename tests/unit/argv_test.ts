import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  pathIn,
  remoteArgv,
  removeArgvs,
  rsyncArgv,
  sshArgv,
  tarOptions,
  WORK_DIRECTORY,
} from "../../lib/argv.ts";
import type { RemoteLocation } from "../../lib/location.ts";
import { shellCommand } from "../../lib/quoting.ts";

const SSH = [
  "ssh",
  "-o",
  "BatchMode=yes",
  "-o",
  "ConnectTimeout=60",
  "-o",
  "ServerAliveInterval=15",
  "-o",
  "ServerAliveCountMax=4",
];
const HOST: RemoteLocation = { kind: "remote", user: "me", host: "::1", path: "/srv" };

Deno.test("path: a name in a directory, also in the root directory", () => {
  const cases: [string, string, string][] = [
    ["/srv", "latest", "/srv/latest"],
    ["/srv/", "latest", "/srv/latest"],
    ["/srv//", "latest", "/srv/latest"],
    ["/", "latest", "/latest"],
    [".", "-x", "./-x"],
    ["/srv", "", "/srv/"],
    ["/", "", "/"],
    ["a\nb", "c d", "a\nb/c d"],
  ];
  for (const [directory, name, path] of cases) assertEquals(pathIn(directory, name), path);
});

Deno.test("ssh: asks nothing and ends by itself when the link is dead", () => {
  assertEquals(sshArgv({ timeout: 60 }), SSH);
});

Deno.test("ssh: port and identity", () => {
  assertEquals(sshArgv({ port: 2222, timeout: 60 }), [...SSH, "-p", "2222"]);
  assertEquals(sshArgv({ identityFile: "/home/a b/key", timeout: 60 }), [
    ...SSH,
    "-i",
    "/home/a b/key",
  ]);
  assertEquals(
    sshArgv({ port: 22, identityFile: "/k", timeout: 60 }),
    [...SSH, "-p", "22", "-i", "/k"],
  );
});

Deno.test("remote: the host is one word, the command another, quoted for the shell there", () => {
  assertEquals(remoteArgv(["ssh", "-p", "22"], HOST, ["rm", "--", "/srv/it's $(x)"]), [
    "ssh",
    "-p",
    "22",
    "me@::1",
    `rm -- '/srv/it'\\''s $(x)'`,
  ]);
});

Deno.test("rsync: a local directory", () => {
  assertEquals(
    rsyncArgv({
      source: "/var/www/",
      target: "/srv/b/latest/",
      exclude: [],
      options: ["--stats"],
      wrapper: [],
    }),
    ["rsync", "-az", "--delete", "--stats", "--", "/var/www/", "/srv/b/latest/"],
  );
});

Deno.test("rsync: a remote directory, by the given ssh", () => {
  const argv = rsyncArgv({
    source: "/var/www",
    target: "me@[::1]:/srv/b/latest/",
    ssh: ["ssh", "-p", "2222", "-i", "/home/it's me/key"],
    exclude: [],
    options: [],
    wrapper: [],
  });
  assertEquals(argv, [
    "rsync",
    "-az",
    "--delete",
    "-e",
    "ssh -p 2222 -i '/home/it''s me/key'",
    "--",
    "/var/www",
    "me@[::1]:/srv/b/latest/",
  ]);
});

Deno.test("rsync: each pattern is one word, in the order given, whatever it starts with", () => {
  const exclude = [".git*", "*.log", "-x", "a b", "+ keep", ""];
  const argv = rsyncArgv({ source: "/s", target: "/d", exclude, options: [], wrapper: [] });
  assertEquals(argv.slice(3, -3), exclude.map((pattern) => `--exclude=${pattern}`));
});

Deno.test("rsync: a remote target that a shell would touch goes over rsync's own protocol", () => {
  const protectsArgs = (target: string, ssh?: string[]) =>
    rsyncArgv({ source: "/s", target, ssh, exclude: [], options: [], wrapper: [] }).includes("-s");
  for (
    const path of ["a b", "it's", "$(x)", "`x`", "a;b", "a&b", "~x", "a\\b", "ü", '"', "#", "!"]
  ) {
    assertEquals(protectsArgs(`host:/srv/${path}/latest/`, ["ssh"]), true, path);
    assertEquals(protectsArgs(`/srv/${path}/latest/`), false, path);
  }
  assertEquals(protectsArgs("me@host:/srv/www.example.com_1-2+3,4/latest/", ["ssh"]), false);
});

Deno.test("rsync: source and target cannot be taken for options", () => {
  const argv = rsyncArgv({ source: "-s", target: "-t", exclude: ["x"], options: [], wrapper: [] });
  assertEquals(argv.slice(-3), ["--", "-s", "-t"]);
});

Deno.test("rsync: the wrapper runs where the mirror is, quoted for the shell there", () => {
  const settings = {
    source: "/s",
    target: "h:/d/",
    exclude: [],
    options: [],
    wrapper: ["lock", "a b"],
  };
  assertEquals(rsyncArgv(settings).slice(0, 3), ["lock", "a b", "rsync"]);
  const remote = rsyncArgv({ ...settings, ssh: ["ssh"] });
  assertEquals(remote.slice(0, 2), ["rsync", "-az"]);
  assert(remote.includes("--rsync-path=lock 'a b' rsync"));
});

Deno.test("ssh: a silent host is given up after about the time-out", () => {
  assert(sshArgv({ timeout: 10 }).includes("ConnectTimeout=10"));
  assert(sshArgv({ timeout: 10 }).includes("ServerAliveInterval=3"));
});

Deno.test("tar: packs the mirror by its name, as 0.8.4 did, into the given file", () => {
  assertEquals(WORK_DIRECTORY, ".roundrobinbackup");
  const paths = { path: "/srv/a:b", rsyncDir: "-x" };
  const options = (...compressor: string[]) =>
    tarOptions(paths, { file: "/srv/a:b/f", compressor });
  const [before, after] = [["--force-local", "--ignore-failed-read", "-C", "/srv/a:b"], [
    "/srv/a:b/f",
    "--",
    "-x",
  ]];
  assertEquals(options("bzip2"), [...before, "-cjf", ...after]);
  assertEquals(options("lbzip2", "-9"), [...before, "-I", "lbzip2 -9", "-cf", ...after]);
  assertEquals(options(), [...before, "-cf", ...after]);
});

Deno.test("ssh: a configuration file, and options that go before ours", () => {
  const options = ["ServerAliveInterval=1", "Compression=no"];
  assertEquals(sshArgv({ timeout: 60, configFile: "/a b/config", options }).slice(0, 7), [
    "ssh",
    "-F",
    "/a b/config",
    "-o",
    "ServerAliveInterval=1",
    "-o",
    "Compression=no",
  ]);
});

Deno.test("remove: one list for few files, none for none", () => {
  assertEquals(removeArgvs([]), []);
  assertEquals(removeArgvs(["/srv/a", "-b"]), [["rm", "-f", "--", "/srv/a", "-b"]]);
});

Deno.test("remove: however many files, each is removed once, by lists that Linux can carry", () => {
  const file = fc.string({ unit: fc.constantFrom(..."a'$ "), minLength: 1, maxLength: 4000 });
  fc.assert(
    fc.property(fc.array(file, { maxLength: 100, size: "max" }), (files) => {
      const lists = removeArgvs(files);
      assertEquals(lists.flatMap((argv) => argv.slice(3)), files);
      for (const argv of lists) {
        assertEquals(argv.slice(0, 3), ["rm", "-f", "--"]);
        assert(argv.length > 3);
        assert(shellCommand(argv).length < 128 * 1024, `${shellCommand(argv).length} bytes`);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("remove: very many files take several lists, no more than needed", () => {
  const files = Array.from({ length: 10_000 }, (_, index) => `/srv/backups/archive-${index}`);
  const { length } = removeArgvs(files);
  assert(length > 1 && length < 10, `${length} lists`);
});
