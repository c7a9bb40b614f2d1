import { assertEquals, assertStringIncludes } from "@std/assert";
import { archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { remoteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

remoteTest(
  "a lock that is lost during the sync: status 75, nothing is packed without it",
  async (remote) => {
    const { site, server } = remote;
    await writeTree(site.source, { "file": "content" });
    assertEquals((await remote.backup()).code, 0);
    await writeTree(site.source, { "new": "content" });
    const tar = `touch '${site.path("packed")}'; exec /usr/bin/tar "$@"`;
    // The lock is held by a cat that reads our end of the connection.
    const rsync = `/usr/bin/rsync "$@"; code=$?
    fuser -k -KILL '${site.destination}/.roundrobinbackup/lock' >/dev/null 2>&1; exit $code`;
    await server.setRemotePath(await site.programs({ tar, rsync }));
    const outcome = await remote.backup();
    assertEquals(outcome.code, 75, outcome.stderr);
    assertStringIncludes(outcome.stderr, "and with it the lock");
    assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
    await server.setRemotePath("/usr/bin:/bin");
    assertEquals((await remote.backup()).code, 0);
    await remote.assertNothingLeft();
  },
  ["unprivileged"],
);
