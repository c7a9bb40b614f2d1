import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { outcomeOf, outputOf } from "../support/command.ts";
import { MODULES } from "../support/puppet.ts";

/** The module's files with an ending. */
async function filesNamed(ending: string): Promise<string[]> {
  const found = await outputOf(["find", MODULES, "-type", "f", "-name", `*${ending}`]);
  return found.trim().split("\n").sort();
}

Deno.test("every manifest, type and function is valid Puppet", async () => {
  const files = await filesNamed(".pp");
  assert(files.length > 30);
  assertEquals(await outcomeOf(["puppet", "parser", "validate", ...files]), {
    code: 0,
    stdout: "",
    stderr: "",
  });
});

Deno.test("every template is valid", async () => {
  const { code, stderr } = await outcomeOf([
    "puppet",
    "epp",
    "validate",
    ...await filesNamed(".epp"),
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("puppet-lint warns of nothing", async () => {
  const { code, stdout } = await outcomeOf(["puppet-lint", "--fail-on-warnings", MODULES]);
  assertEquals({ code, stdout }, { code: 0, stdout: "" });
});

Deno.test("the specifications in Ruby hold, and there are some", async () => {
  const specs = (await filesNamed("_spec.rb")).map((file) => file);
  const { code, stdout, stderr } = await outcomeOf(["rspec", "--no-color", ...specs], { cwd: "/" });
  const summary = /^(\d+) examples, (\d+) failures$/m.exec(stdout);
  assert(summary !== null && Number(summary[1]) > 100, stdout + stderr);
  assertEquals({ code, failures: summary[2] }, { code: 0, failures: "0" }, stdout);
});

Deno.test("the metadata name the license, the systems, and every module that is used", async () => {
  for (const module of ["roundrobinbackup", "backup"]) {
    const text = await Deno.readTextFile(join(MODULES, module, "metadata.json"));
    const metadata: Record<string, unknown> = JSON.parse(text);
    assertEquals(metadata["name"], `roundrobinbackup-${module}`);
    assertEquals(metadata["license"], "MIT");
    assert(text.includes('">= 7.0.0 < 9.0.0"'));
  }
});
