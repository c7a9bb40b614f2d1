import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RoundRobinBackup } from "../../lib/mod.ts";
import { archivesIn } from "../support/archives.ts";
import { siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

siteTest("library: a backup, its dry run and its failure", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const options = { source: site.source, destination: site.destination };
  const shown = await new RoundRobinBackup({ ...options, noop: true }).backup();
  assertEquals([shown.status, shown.warnings], [0, []]);
  assertStringIncludes(shown.output, "rsync -az --delete");
  assertEquals(await new RoundRobinBackup(options).backup(), {
    status: 0,
    output: "",
    warnings: [],
  });
  assertEquals((await archivesIn(site.destination)).length, 1);
  const missing = new RoundRobinBackup({ ...options, source: site.path("missing") });
  await assertRejects(() => missing.backup(), Error, "does not exist");
}, ["root"]);
