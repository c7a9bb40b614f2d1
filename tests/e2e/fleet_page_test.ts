import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const REPOSITORY = fromFileUrl(new URL("../..", import.meta.url));
const PAGE = await Deno.readTextFile(join(REPOSITORY, "docs/fleet.md"));

/** The page's blocks of shell commands, in their order. */
function shellBlocks(): string[] {
  return [...PAGE.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block]) => block ?? "");
}

siteTest(
  "fleet page: the sizing and the choice of a server work as it shows them",
  async (site) => {
    const directory = site.path("commands");
    const program = (await site.programArgv()).map((word) => `'${word}'`).join(" ");
    await writeTree(directory, { "roundrobinbackup": `#!/bin/sh\nexec ${program} "$@"\n` });
    await Deno.chmod(join(directory, "roundrobinbackup"), 0o755);
    const printed: string[] = [];
    for (const block of shellBlocks()) {
      const outcome = await site.command(["sh", "-ec", block], { path: [directory], cwd: "/" });
      assertEquals({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: "" }, block);
      printed.push(outcome.stdout);
    }
    const [dates, ...others] = printed;
    // 28, and fewer on days on which a week and a month fall on one date.
    assert(Number(dates) >= 26 && Number(dates) <= 28, dates);
    assertEquals(others, ["backup1.example.com\n"]);
  },
);
