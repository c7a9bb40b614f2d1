import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { begunFile, endlessTar, interruptedRun } from "../support/interruption.ts";
import { siteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

for (const [signal, status] of [["INT", 130], ["TERM", 143]] as const) {
  siteTest(`SIG${signal}: the children end, nothing half-written stays`, async (site) => {
    await writeTree(site.source, { "file": "content" });
    assertEquals((await site.run([site.source, site.destination])).code, 0);
    await writeTree(site.source, { "new": "content" });
    const before = await Deno.readFile(join(site.destination, TODAYS_ARCHIVE));
    const PATH = await site.programs({ tar: endlessTar(begunFile(site)) });
    const { code, stdout, stderr } = await interruptedRun(site, signal, {
      args: [site.source, site.destination],
      env: { PATH },
    });
    assertEquals({ code, stdout }, { code: status, stdout: "" }, stderr);
    assertStringIncludes(stderr, `SIG${signal}`);
    assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
    assertEquals(await Deno.readFile(join(site.destination, TODAYS_ARCHIVE)), before);
    const work = await namesIn(join(site.destination, ".roundrobinbackup"));
    assertEquals(work.filter((name) => name.startsWith("run-")), []);
    await site.assertNothingLeft();
  });
}
