import { assertEquals, assertStringIncludes } from "@std/assert";
import { HOOK_VARIABLES } from "../../lib/hooks.ts";
import { HOOK_OPTIONS } from "../../lib/hook_options.ts";
import { outcomeOf } from "../support/command.ts";
import { Page } from "../support/recipes.ts";
import { siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const PAGE = await Page.read("hooks.md");

Deno.test("hooks page: the table has every variable with its meaning, and no other", () => {
  const rows = [...PAGE.text.matchAll(/^\| `(RRB_\w+)` +\| (.*?) +\|$/gm)]
    .map(([, name = "", meaning = ""]) => [name, meaning]);
  assertEquals(Object.fromEntries(rows), { ...HOOK_VARIABLES });
});

Deno.test("hooks page: every option of the hooks is there, and the default time limit", () => {
  const { before, after, onFailure, hookTimeout } = HOOK_OPTIONS;
  for (const { names } of [before, after, onFailure, hookTimeout]) {
    assertStringIncludes(PAGE.text, `\`--${names[0]} `);
  }
  assertStringIncludes(PAGE.text, `(${hookTimeout.fallback})`);
});

siteTest("hooks page: a command gets the variables that it names, and no others", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const [, sentence = ""] = /no more than ([^]*?), with\s+`LC_ALL=C`/.exec(PAGE.text) ?? [];
  const named = [...sentence.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
  const before = ["--before", `env >'${site.path("noted")}'`, site.source, site.destination];
  const given = Object.fromEntries(named.map((name) => [name, `given ${name}`]));
  const { PATH = "" } = await site.environment();
  const env = { ...given, PATH, TMPDIR: site.temporary, TZ: "Etc/GMT", MYSQL_PWD: "lost" };
  assertEquals(await site.run(before, { env }), { code: 0, stdout: "", stderr: "" });
  const noted = (await Deno.readTextFile(site.path("noted"))).trim().split("\n")
    .map((line) => line.replace(/=.*$/, ""))
    // The shell's own.
    .filter((name) => !name.startsWith("RRB_") && !["_", "PWD", "OLDPWD", "SHLVL"].includes(name));
  assertEquals(noted.sort(), [...named, "LC_ALL"].sort());
}, ["unprivileged"]);

Deno.test("hooks page: every script is one for sh that names its file", async () => {
  const scripts = PAGE.blocks("sh").filter((block) => block.startsWith("#!"));
  assertEquals(scripts.length, 6);
  for (const script of scripts) {
    assertStringIncludes(script, "#!/bin/sh\n# /etc/roundrobinbackup/");
    assertEquals(await outcomeOf(["sh", "-n"], { stdin: script }), {
      code: 0,
      stdout: "",
      stderr: "",
    });
  }
});
