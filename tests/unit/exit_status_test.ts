import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  EXIT,
  rsyncOutcome,
  sshOutcome,
  type StepOutcome,
  tarOutcome,
} from "../../lib/exit_status.ts";

type Verdict = StepOutcome["verdict"];

/** The exit codes of 0 to 255 by verdict; those of `failed` are the rest. */
function codesBy(verdict: Verdict, outcome: (code: number) => StepOutcome): number[] {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  return codes.filter((code) => outcome(code).verdict === verdict);
}

Deno.test("exit status: the numbers that cron and monitoring know", () => {
  assertEquals(EXIT, { ok: 0, failed: 1, usage: 2, attention: 3, notNow: 75 });
});

Deno.test("rsync: 0 is done, 23 partial, 24 noted, 255 ssh, all others failed", () => {
  assertEquals(codesBy("done", rsyncOutcome), [0]);
  assertEquals(codesBy("partial", rsyncOutcome), [23]);
  assertEquals(codesBy("noted", rsyncOutcome), [24]);
  assertEquals(codesBy("unreachable", rsyncOutcome), [255]);
  assertEquals(codesBy("failed", rsyncOutcome).length, 252);
});

Deno.test("rsync: every code of its manual has a meaning of its own", () => {
  const codes = [1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 25, 30, 35];
  const meanings = [0, ...codes, 126, 127, 255].map((code) => rsyncOutcome(code).meaning);
  assertEquals(new Set(meanings).size, meanings.length);
  for (const meaning of meanings) assertMatch(meaning, /^[a-z][^\d]+$/);
});

Deno.test("rsync: the meanings say what a person needs to know", () => {
  const cases: [number, string][] = [
    [11, "disk full"],
    [20, "signal"],
    [23, "could not be transferred"],
    [24, "vanished"],
    [127, 'no "rsync"'],
    [255, "ssh"],
  ];
  for (const [code, text] of cases) assertStringIncludes(rsyncOutcome(code).meaning, text);
});

Deno.test("rsync and tar: a code that no manual knows is named", () => {
  assertEquals(rsyncOutcome(99), { verdict: "failed", meaning: "rsync ended with exit code 99" });
  assertEquals(tarOutcome(99), { verdict: "failed", meaning: "tar ended with exit code 99" });
});

Deno.test("tar: 0 is done, 1 a file changed under it, 255 ssh, all others failed", () => {
  assertEquals(codesBy("done", tarOutcome), [0]);
  assertEquals(codesBy("partial", tarOutcome), [1]);
  assertEquals(codesBy("unreachable", tarOutcome), [255]);
  assertEquals(codesBy("noted", tarOutcome), []);
  assertEquals(codesBy("failed", tarOutcome).length, 253);
});

Deno.test("tar: the meanings say what a person needs to know", () => {
  assertStringIncludes(tarOutcome(1).meaning, "changed");
  assertStringIncludes(tarOutcome(2).meaning, "could not write");
  assertStringIncludes(tarOutcome(127).meaning, 'no "tar"');
});

Deno.test("ssh: what waiting does not mend has failed", () => {
  const refusals = [
    "deploy@backup: Permission denied (publickey,password).\r\n",
    "Host key verification failed.\r\n",
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n",
    "Received disconnect from 192.0.2.7 port 22:2: Too many authentication failures\n",
    "Unable to negotiate with 192.0.2.7 port 22: no matching key exchange method found.\n",
    "command-line: line 0: Bad configuration option: bogus\n",
    "debug: first line\nroot@::1: Permission denied (publickey).\n",
  ];
  for (const stderr of refusals) {
    assertEquals(sshOutcome(stderr), { verdict: "failed", meaning: "ssh was refused" }, stderr);
  }
});

Deno.test("ssh: everything that may pass is for a later try", () => {
  const passing = [
    "",
    "ssh: connect to host 192.0.2.7 port 22: Connection timed out\r\n",
    "ssh: connect to host 192.0.2.7 port 22: Connection refused\r\n",
    "ssh: connect to host 192.0.2.7 port 22: No route to host\r\n",
    "ssh: Could not resolve hostname backup: Temporary failure in name resolution\r\n",
    "kex_exchange_identification: Connection closed by remote host\r\n",
    "client_loop: send disconnect: Broken pipe\r\n",
    "Timeout, server backup not responding.\r\n",
  ];
  for (const stderr of passing) {
    assertEquals(sshOutcome(stderr).verdict, "unreachable", stderr);
  }
});
