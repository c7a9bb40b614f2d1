import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { outcomeOf, outputOf } from "../support/command.ts";
import { MODULES, PuppetMachine } from "../support/puppet.ts";

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

Deno.test("every manifest in the documentation compiles, and a bare machine needs no more", async () => {
  await using machine = await PuppetMachine.open();
  const pages = [
    "roundrobinbackup/README.md",
    "backup/README.md",
    "../README.md",
    "../docs/fleet.md",
  ];
  for (const page of pages) {
    const text = await Deno.readTextFile(join(MODULES, page));
    const manifests = [...text.matchAll(/^```puppet\n([^]*?)^```/gm)].map(([, block]) =>
      block ?? ""
    );
    assert(manifests.length > 0);
    for (const manifest of manifests) {
      const common = /class \{ 'roundrobinbackup'/.test(manifest) || /^node/.test(manifest)
        ? ""
        : "class { 'roundrobinbackup': server => 'backup.example.com' }\n";
      const nodes = /^node/.test(manifest) ? manifest + "node default {}\n" : common + manifest;
      const { code, stderr } = await machine.apply(nodes, { noop: true });
      assertEquals({ code, errors: /^Error: .*Evaluation.*/m.exec(stderr)?.[0] }, {
        code: 0,
        errors: undefined,
      }, `${manifest}${stderr}`);
    }
  }
});

Deno.test("every parameter of the module's classes and defines is in its README", async () => {
  const text = await Deno.readTextFile(join(MODULES, "roundrobinbackup/README.md"));
  const options = ["always_archive", "require_mount", "allow_empty", "accept_shrink", "no_prune"];
  // Named by the rule that turns options into parameters.
  const ruled = [...options, "rsync_dir", "backup_prefix", "verbose"];
  for (const file of ["init", "backup", "server", "server/client"]) {
    const source = await Deno.readTextFile(
      join(MODULES, `roundrobinbackup/manifests/${file}.pp`),
    );
    const parameters = [...source.matchAll(/^# @param (\w+)/gm)].map(([, name]) => name ?? "");
    assert(parameters.length > 5);
    const missing = parameters.filter((name) => !text.includes(`\`${name}\``));
    assertEquals(missing.filter((name) => !ruled.includes(name)), [], file);
    const signature = /^(?:define|class)[^]*?^\) \{/m.exec(source)?.[0] ?? "";
    const declared = [...signature.matchAll(/\$(\w+)\s+=|\$(keys),/g)].map((match) =>
      match[1] ?? match[2] ?? ""
    );
    assertEquals(declared.sort(), parameters.sort(), file);
  }
});
