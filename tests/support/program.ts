/**
 * Starts the program under test: the binary that `RRB_PROGRAM` names, else the
 * sources on the Deno that runs the tests.
 *
 * @module
 */

import { fromFileUrl, join, resolve } from "@std/path";
import { type Account, argvAs } from "./account.ts";
import { type Outcome, outcomeOf, outputOf } from "./command.ts";

const REPOSITORY = fromFileUrl(new URL("../..", import.meta.url));
const SOURCES = ["main.ts", "lib", "deno.json", "deno.lock"];

/**
 * A time zone in which it is about noon: no test can run into midnight, and the
 * program's date is known before it starts.
 */
export const TIME_ZONE = noonZone();

/** The program's date in every test. */
export const TODAY = Temporal.Now.plainDateISO(TIME_ZONE);

/** A date `days` days ago, as archives are named. */
export function daysAgo(days: number): string {
  return TODAY.subtract({ days }).toString();
}

function noonZone(): string {
  const offset = 12 - Temporal.Now.zonedDateTimeISO("UTC").hour;
  // POSIX counts west: Etc/GMT-3 is three hours ahead of Greenwich.
  return offset === 0 ? "Etc/GMT" : `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`;
}

/** Options of {@linkcode runProgram}. */
export interface ProgramOptions {
  readonly account: Account;
  /** Added to, or replacing, what the minimal environment holds. */
  readonly env?: Record<string, string> | undefined;
  readonly cwd?: string | undefined;
  readonly stdin?: string | undefined;
}

/** What {@linkcode programArgv} needs to start the program. */
export interface ProgramCommand {
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
}

/** Runs the program to its end, as cron would: no terminal, little environment. */
export async function runProgram(
  args: readonly string[],
  { account, env, cwd, stdin }: ProgramOptions,
): Promise<Outcome> {
  const program = await programCommand(account);
  return await outcomeOf(argvAs(account, [...program.argv, ...args]), {
    cwd: cwd ?? "/",
    env: { ...program.env, ...env },
    stdin,
  });
}

/** How `account` starts the program, for tests that run it by other means. */
export async function programCommand(account: Account): Promise<ProgramCommand> {
  const env: Record<string, string> = {
    PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
    HOME: account.home,
    TMPDIR: Deno.env.get("TMPDIR") ?? "/tmp",
    TZ: TIME_ZONE,
    NO_COLOR: "1",
  };
  const own = account.uid === Deno.uid();
  const named = Deno.env.get("RRB_PROGRAM");
  if (named !== undefined) {
    const binary = resolve(named);
    return { argv: [own ? binary : await sharedBinary(binary)], env };
  }
  for (const name of ["DENO_TLS_CA_STORE", "NPM_CONFIG_REGISTRY"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const coverage = Deno.env.get("DENO_COVERAGE_DIR");
  if (own && coverage !== undefined) env["DENO_COVERAGE_DIR"] = coverage;
  const sources = own ? REPOSITORY : await sharedSources(account);
  env["DENO_DIR"] = own ? (await denoInfo()).denoDir : join(sources, "deno_dir");
  const deno = own ? Deno.execPath() : join(sources, "deno");
  return { argv: [deno, "run", "--no-prompt", "-A", join(sources, "main.ts")], env };
}

/** What `deno info` says of its directories, asked once. */
let info: Promise<{ denoDir: string; modulesCache: string; npmCache: string }> | undefined;

function denoInfo(): NonNullable<typeof info> {
  info ??= outputOf([Deno.execPath(), "info", "--json"]).then((text) => JSON.parse(text));
  return info;
}

/** Made once per test file, removed when it ends. */
let shared: Promise<string> | undefined;

/**
 * The sources, Deno's packages and Deno itself where any account can read them:
 * the checkout and the cache often lie below /root.
 */
function sharedSources(account: Account): Promise<string> {
  shared ??= (async () => {
    const directory = await sharedDirectory();
    const { npmCache, modulesCache } = await denoInfo();
    const cache = join(directory, "deno_dir");
    await Deno.mkdir(cache);
    await outputOf(["cp", "-r", "--", ...SOURCES.map((name) => join(REPOSITORY, name)), directory]);
    for (const packages of [npmCache, modulesCache]) {
      await outcomeOf(["cp", "-r", "--", packages, cache]);
    }
    await outputOf(["chown", "-R", `${account.uid}`, cache]);
    await shareDeno(account, join(directory, "deno"));
    return directory;
  })();
  return shared;
}

/** Links Deno to `path`, or copies all its 100 MB where the account cannot reach it. */
async function shareDeno(account: Account, path: string): Promise<void> {
  const deno = Deno.execPath();
  const { code } = await outcomeOf(argvAs(account, [deno, "--version"]), { cwd: "/" });
  await (code === 0 ? Deno.symlink(deno, path) : Deno.copyFile(deno, path));
}

function sharedBinary(binary: string): Promise<string> {
  shared ??= (async () => {
    const copy = join(await sharedDirectory(), "roundrobinbackup");
    await Deno.copyFile(binary, copy);
    return copy;
  })();
  return shared;
}

async function sharedDirectory(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "rrb_program-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  await Deno.chmod(directory, 0o755);
  return directory;
}
