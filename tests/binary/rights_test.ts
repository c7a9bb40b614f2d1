import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { outcomeOf, outputOf } from "../support/command.ts";

const REPOSITORY = fromFileUrl(new URL("../..", import.meta.url));
const BINARY = Deno.env.get("RRB_PROGRAM") ?? "";

/** What the program must not be able to do, as code that tries it. */
const DENIED = {
  "connect to a socket": 'await Deno.connect({ hostname: "127.0.0.1", port: 9 })',
  "listen on a socket": "Deno.listen({ port: 0 })",
  "look up a name": 'await Deno.resolveDns("localhost", "A")',
  "fetch": 'await fetch("http://127.0.0.1:19/")',
  "load a library": 'Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {})',
  "run another program": 'new Deno.Command("curl").spawn()',
  "run a program by a path of its own": 'new Deno.Command("/tmp/rsync").spawn()',
  "signal another process": 'Deno.kill(1, "SIGCONT")',
  "read another variable": 'Deno.env.get("MYSQL_PWD")',
  "read all variables": "Deno.env.toObject()",
  "write elsewhere": 'await Deno.writeTextFile("/var/tmp/rrb-denied", "")',
  "write into a home": 'await Deno.writeTextFile("/root/rrb-denied", "")',
  "ask about the system": "Deno.hostname()",
};

/** The bash lines that make the functions and the rights of `scripts/build` known. */
const BUILD = `root='${REPOSITORY}'; . "$root/scripts/setup.sh"; . "$root/scripts/compile.sh"`;

Deno.test("rights: a binary with the program's rights is denied everything else", async (t) => {
  const directory = await Deno.makeTempDir();
  try {
    const probe = join(directory, "probe");
    const attempts = Object.entries(DENIED).map(([name, code]) =>
      `try { ${code}; outcome["${name}"] = "allowed"; }
       catch (error) { outcome["${name}"] = error.name; }`
    );
    await Deno.writeTextFile(
      `${probe}.js`,
      `const outcome = {};\n${attempts.join("\n")}\nconsole.log(JSON.stringify(outcome));`,
    );
    const script = `set -euo pipefail; ${BUILD}; find_deno; compile "$1.js" "$1" $permissions`;
    await outputOf(["bash", "-c", script, "bash", probe]);
    const outcome = JSON.parse(await outputOf([probe]));
    for (const name of Object.keys(DENIED)) {
      await t.step(`denied: ${name}`, () => assertEquals(outcome[name], "NotCapable"));
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("rights: those in the binary are those that the scripts name, and no others", async () => {
  const script = 'strings -n 20 "$1" 2>/dev/null | grep -o \'"permissions":{[^}]*}\' || ' +
    'grep -a -o \'"permissions":{[^}]*}\' "$1"';
  const found = await outputOf(["sh", "-c", script, "sh", BINARY]);
  const rights = JSON.parse(`{${found.trim()}}`).permissions;
  const listed = (await outputOf(["bash", "-c", `${BUILD}; echo "$permissions"`])).split("\n");
  const values = (name: string) =>
    listed.find((each) => each.startsWith(`--allow-${name}=`))?.split("=")[1]?.split(",");
  assertEquals(rights.allow_all, false);
  assertEquals(rights.allow_run, values("run"));
  assertEquals(rights.allow_env, values("env"));
  assertEquals(rights.allow_write, ["/tmp"]);
  for (const name of ["net", "ffi", "sys"]) {
    assertEquals([rights[`allow_${name}`], rights[`deny_${name}`]], [null, []], name);
  }
  assertEquals(rights.prompt, false);
});

Deno.test("rights: the program imports nothing while it runs", async () => {
  const { stdout } = await outcomeOf(["grep", "-rnE", "\\bimport\\(", `${REPOSITORY}/lib`]);
  assertEquals(stdout, "");
});
