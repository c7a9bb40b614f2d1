import { assert, assertEquals } from "@std/assert";
import { exists } from "@std/fs/exists";
import { dirname, join } from "@std/path";
import { type Account, testAccounts } from "../support/account.ts";
import { letADayPass, OLD_POLICY, writeOldDestination } from "../support/archives.ts";
import { type Outcome, until } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import {
  killAtRandom,
  lifetimeOf,
  processesOf,
  slowPublishing,
  type Target,
} from "../support/killing.ts";
import { randomness, SEED } from "../support/randomness.ts";
import { RemoteSite, Site } from "../support/site.ts";

/** Enough for each step of a run to take its time. */
async function writeSource({ source }: Site): Promise<void> {
  for (let file = 0; file < 300; file++) {
    await Deno.writeTextFile(join(source, `small-${file}`), `${file}\n`.repeat(file % 50));
  }
  for (let file = 0; file < 16; file++) await writeLarge(source, file);
}

async function writeLarge(source: string, file: number): Promise<void> {
  const random = crypto.getRandomValues(new Uint8Array(65_536));
  await Deno.writeFile(join(source, `large-${file}`), random);
}

/** One of several sites on which moments of one target are tried at the same time. */
interface Lane {
  readonly name: string;
  readonly site: Site;
  readonly target: Target;
  backup(...options: string[]): Promise<Outcome>;
  idle(): Promise<boolean>;
  /** Removes the control sockets that a killed program leaves; others leave none. */
  clearSockets(): Promise<void>;
}

/** Fails as soon as one of many random moments breaks a rule. */
async function killManyTimes(lane: Lane, times: number): Promise<void> {
  const { site, target } = lane;
  await writeSource(site);
  const { pruned } = await writeOldDestination(site.destination);
  const expendable = join(site.destination, pruned[0] ?? "");
  const spare = await Deno.readFile(expendable);
  const backup = (...options: string[]) => lane.backup(...OLD_POLICY, ...options);
  assertEquals(await backup(), { code: 0, stdout: "", stderr: "" });
  for (let file = 0; file < 4; file++) await writeLarge(site.source, file);
  const measured = await lifetimeOf(site, target, backup);
  const custody = await Custody.of(site.destination, { prunable: pruned });

  /** Whether there was something to kill at that moment. */
  const moment = async (number: number, misses: number): Promise<boolean> => {
    // A moment past the target's end is repeated earlier: how long it lives varies with the load.
    const lifetime = measured / 2 ** misses;
    const random = randomness(`${lane.name} ${number}`);
    for (let file = 0; file < 4; file++) await writeLarge(site.source, (number + file) % 16);
    if (random.number() < 0.5) await letADayPass(site.destination);
    // Something to prune, so that moments fall into that step too.
    await Deno.writeFile(expendable, spare);
    await custody.takeOver();
    const killed = await killAtRandom(site, backup, { target, lifetime, random });
    const { hit, outcome } = killed;
    const atOnce = random.number() < 0.5;
    if (hit) {
      const statuses = target === "the program" ? [137, 0] : [0, 1, 3, 75];
      assert(statuses.includes(outcome.code), JSON.stringify(outcome));
    }
    if (hit && !atOnce) {
      await until("all processes have ended", lane.idle);
      await custody.afterFault();
    }
    // The lock of a dead run is free as soon as its processes are gone: without a wait here,
    // when they have been waited for above.
    const next = await backup(`--lock-wait=${atOnce ? 20 : 0}`);
    assertEquals(next, { code: 0, stdout: "", stderr: "" }, JSON.stringify(killed));
    if (hit && atOnce) await custody.afterFault();
    await custody.afterCleanRun();
    assertEquals(await exists(expendable), false, "nothing was pruned");
    await until("all processes have ended", lane.idle);
    await lane.clearSockets();
    return hit;
  };

  let misses = 0;
  for (let number = 0, hits = 0; hits < times; number++) {
    assert(misses < 8, `${misses} moments in a row had nothing to kill`);
    try {
      const hit = await moment(number, misses);
      misses = hit ? 0 : misses + 1;
      if (hit) hits++;
    } catch (error) {
      const where = `At moment ${number} of "${lane.name}", seed ${SEED}`;
      throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function killRemotely(name: string, target: Target, times: number): Promise<void> {
  await using remote = await RemoteSite.open(ourselves());
  const { site, server } = remote;
  await server.setRemotePath(await site.programs(slowPublishing()));
  const backup = (...options: string[]) => remote.backup(...options);
  const idle = async () => await server.idle() && (await processesOf(site)).length === 0;
  const clearSockets = async () => {
    for (const directory of (await server.controlSockets()).map(dirname)) {
      if (!await exists(directory)) continue;
      assertEquals(target, "the program", `${directory} is left`);
      await Deno.remove(directory, { recursive: true });
    }
  };
  await killManyTimes({ name, site, target, backup, idle, clearSockets }, times);
}

async function killLocally(name: string, target: Target, times: number): Promise<void> {
  await using site = await Site.open(ourselves());
  const PATH = await site.programs(slowPublishing());
  const backup = (...options: string[]) =>
    site.run([...options, site.source, site.destination], { env: { PATH } });
  const idle = async () => (await processesOf(site)).length === 0;
  const clearSockets = () => Promise.resolve();
  await killManyTimes({ name, site, target, backup, idle, clearSockets }, times);
}

const ACCOUNTS = await testAccounts();
const ACCOUNT = ACCOUNTS.get("root") ?? ACCOUNTS.get("unprivileged");

/** The account that runs the tests: it may end its own processes. */
function ourselves(): Account {
  if (ACCOUNT === undefined) throw new Error("There is no account to test with");
  return ACCOUNT;
}

/** Each test does its moments on so many sites at the same time: most of a run is waiting. */
const LANES = 3;

function killTest(target: Target, kill: typeof killRemotely, times: number): void {
  const where = kill === killLocally ? "locally" : "over ssh";
  const name = `${target} is killed at ${times} random moments ${where}: nothing is lost`;
  Deno.test({
    name,
    fn: async () => {
      const lanes = Array.from({ length: LANES }, (_, lane) => `${target} ${where}, lane ${lane}`);
      const ends = await Promise.allSettled(lanes.map((lane) => kill(lane, target, times / LANES)));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  });
}

killTest("the program", killRemotely, 30);
killTest("an ssh client", killRemotely, 30);
killTest("the archive script", killRemotely, 30);
killTest("the connection's sshd", killRemotely, 21);
killTest("rsync", killRemotely, 15);
killTest("the other rsync", killRemotely, 12);
killTest("the lock's holder", killRemotely, 12);
killTest("the program", killLocally, 30);
killTest("the archive script", killLocally, 30);
killTest("rsync", killLocally, 15);
killTest("the lock's holder", killLocally, 12);
