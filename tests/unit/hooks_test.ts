import { assertEquals } from "@std/assert";
import {
  afterVariables,
  beforeVariables,
  failureVariables,
  HOOK_VARIABLES,
  hookArgv,
} from "../../lib/hooks.ts";

const JOB = {
  source: "/var/www/",
  destination: "deploy@backup:/srv/www",
  date: Temporal.PlainDate.from("2026-11-22"),
};
const MADE = {
  status: 3,
  archive: "automated-backup-2026-11-22.tar.bzip2",
  unchanged: true,
  size: { files: 12, bytes: 3456 },
  kept: 7,
  removed: 1,
  warnings: ["one", "two"],
} as const;

Deno.test("beforeVariables() names the hook and the job", () => {
  assertEquals(beforeVariables(JOB), {
    RRB_HOOK: "before",
    RRB_SOURCE: "/var/www/",
    RRB_DESTINATION: "deploy@backup:/srv/www",
    RRB_DATE: "2026-11-22",
  });
});

Deno.test("afterVariables() tell of the archive, the source and the warnings", () => {
  assertEquals(afterVariables(JOB, MADE), {
    ...beforeVariables(JOB),
    RRB_HOOK: "after",
    RRB_STATUS: "3",
    RRB_ARCHIVE: MADE.archive,
    RRB_RESULT: "unchanged",
    RRB_FILES: "12",
    RRB_BYTES: "3456",
    RRB_KEPT: "7",
    RRB_REMOVED: "1",
    RRB_WARNINGS: "one\ntwo",
  });
});

Deno.test("afterVariables() leave the size empty when rsync did not say", () => {
  const { RRB_FILES, RRB_BYTES } = afterVariables(JOB, { ...MADE, size: undefined });
  assertEquals([RRB_FILES, RRB_BYTES], ["", ""]);
});

Deno.test("failureVariables() hold no zero byte, and never more than a program can be given", () => {
  const message = `\0${"x".repeat(200_000)}`;
  const { RRB_ERROR, RRB_STATUS } = failureVariables(JOB, { status: 75, message });
  assertEquals([RRB_ERROR, RRB_STATUS], ["x".repeat(16 * 1024), "75"]);
});

Deno.test("every variable is documented, and every documented one is given", () => {
  const given = [
    ...Object.keys(afterVariables(JOB, MADE)),
    ...Object.keys(failureVariables(JOB, { status: 1, message: "" })),
  ];
  assertEquals(new Set(given), new Set(Object.keys(HOOK_VARIABLES)));
});

Deno.test("hookArgv() leaves the command as it is, for a shell of its own", () => {
  const command = `echo "$RRB_DATE" '%' \\`;
  assertEquals(hookArgv(command, 5).slice(-3), ["sh", "5", command]);
});
