import { assertEquals, assertNotMatch } from "@std/assert";
import { versionText } from "../../lib/version.ts";
import metadata from "../../deno.json" with { type: "json" };

Deno.test("version: one line with the program's version, its origin and the runtime's version", () => {
  assertEquals(
    versionText("2.9.6"),
    `roundrobinbackup ${metadata.version} (from its sources, Deno 2.9.6)`,
  );
  assertNotMatch(versionText("2.9.6"), /\n/);
});
