import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { archivesIn } from "../support/archives.ts";
import { begunFile, endlessTar, interruptedRun } from "../support/interruption.ts";
import { remoteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

for (const [signal, status] of [["INT", 130], ["TERM", 143]] as const) {
  remoteTest(`SIG${signal}: no ssh is left, nothing half-written stays`, async (remote) => {
    const { site, server } = remote;
    await writeTree(site.source, { "file": "content" });
    await server.setRemotePath(await site.programs({ tar: endlessTar(begunFile(site)) }));
    const { code, stdout, stderr } = await interruptedRun(site, signal, {
      args: [...remote.options, site.source, remote.remote(site.destination)],
      path: [server.bin],
    });
    assertEquals({ code, stdout }, { code: status, stdout: "" }, stderr);
    assertStringIncludes(stderr, `SIG${signal}`);
    assertEquals(await archivesIn(site.destination), []);
    const work = await namesIn(join(site.destination, ".roundrobinbackup"));
    assertEquals(work.filter((name) => name.startsWith("run-")), []);
    await remote.assertNothingLeft();
  });
}
