/**
 * Private database servers: all their files in one directory, no port, no network.
 *
 * @module
 */

import { join } from "@std/path";
import { type Account, argvAs } from "./account.ts";
import { endProcess, outcomeOf, outputOf, until } from "./command.ts";
import { namesIn } from "./tree.ts";

/** A server that runs until it is disposed of. */
export interface DatabaseServer extends AsyncDisposable {
  /** Where its unix socket lies. */
  readonly socket: string;
  /** Runs SQL statements as its administrator; gives what they print. */
  sql(statements: string, database?: string): Promise<string>;
  /** Runs statements and holds their session, and its locks, until it is disposed of. */
  hold(statements: string): Promise<AsyncDisposable>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Debian has a directory for each version of PostgreSQL. */
const POSTGRESQL_VERSIONS = "/usr/lib/postgresql";

/** The programs of one of them. */
export const POSTGRESQL_PROGRAMS = join(
  POSTGRESQL_VERSIONS,
  (await namesIn(POSTGRESQL_VERSIONS)).at(-1) ?? "",
  "bin",
);

/**
 * Small files, so that a server is made in half a second; and no io_uring, in which a server
 * that starts hangs at times.
 */
const INNODB = [
  "--innodb-log-file-size=4M",
  "--innodb-data-file-path=ibdata1:4M:autoextend",
  "--innodb-use-native-aio=0",
];

/** A server that takes longer to end hangs. */
const GRACE_MILLISECONDS = 10_000;

/** Makes and starts a MariaDB in `directory`. */
export async function startMariadb(account: Account, directory: string): Promise<DatabaseServer> {
  await ownDirectory(account, directory);
  const socket = join(directory, "socket");
  const data = ["--no-defaults", `--datadir=${join(directory, "data")}`, ...INNODB];
  await outputOf(argvAs(account, [
    ...["mariadb-install-db", ...data, "--auth-root-authentication-method=normal"],
    "--skip-test-db",
  ]));
  const root = account.uid === 0 ? ["--user=root"] : [];
  const server = [
    ...["/usr/sbin/mariadbd", ...data, ...root, `--socket=${socket}`, "--skip-networking"],
    `--pid-file=${join(directory, "pid")}`,
  ];
  const client = [
    "mariadb",
    "--no-defaults",
    `--socket=${socket}`,
    "--user=root",
    "-nN",
    "--connect-timeout=5",
  ];
  return await started(server, { account, socket, client });
}

/** Makes and starts a PostgreSQL in `directory`; `account` is its administrator. */
export async function startPostgresql(
  account: Account,
  directory: string,
): Promise<DatabaseServer> {
  await ownDirectory(account, directory);
  const data = join(directory, "data");
  const initdb = [`${POSTGRESQL_PROGRAMS}/initdb`, "-D", data, "-U", account.name, "--no-sync"];
  await outputOf(argvAs(account, [...initdb, "--auth=peer", "--encoding=UTF8", "--locale=C"]), {
    cwd: "/",
  });
  const server = [
    ...[`${POSTGRESQL_PROGRAMS}/postgres`, "-D", data, "-c", "listen_addresses="],
    ...["-c", `unix_socket_directories=${directory}`, "-c", "fsync=off"],
  ];
  const client = ["psql", "-h", directory, "-qAtv", "ON_ERROR_STOP=1", "-d"];
  return await started(server, { account, socket: directory, client });
}

async function ownDirectory(account: Account, directory: string): Promise<void> {
  await Deno.mkdir(directory);
  await Deno.chmod(directory, 0o755);
  await Deno.chown(directory, account.uid, account.gid);
}

async function started(
  server: readonly string[],
  { account, socket, client }: { account: Account; socket: string; client: readonly string[] },
): Promise<DatabaseServer> {
  const options = { cwd: "/", stdin: "null", stdout: "null", stderr: "null" } as const;
  const [program = "", ...args] = argvAs(account, server);
  const child = new Deno.Command(program, { args, ...options }).spawn();
  let ended = false;
  const status = child.status.then(() => ended = true);
  // Both have a database of their own: theirs to run statements in when none is named.
  const own = server[0]?.endsWith("mariadbd") ? "mysql" : "postgres";
  const clientArgv = (database: string) => argvAs(account, [...client, database]);
  const stop = async () => {
    if (!ended) endProcess(child.pid);
    const timer = setTimeout(() => endProcess(child.pid, "SIGKILL"), GRACE_MILLISECONDS);
    await status;
    clearTimeout(timer);
  };
  try {
    await until("the database server answers", async () => {
      if (ended) throw new Error(`${server[0]} has ended at once`);
      const answer = await outcomeOf(clientArgv(own), { cwd: "/", stdin: "SELECT 1;" });
      return answer.code === 0;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    socket,
    sql: (statements, database = own) =>
      outputOf(clientArgv(database), { cwd: "/", stdin: statements }),
    hold: (statements) => holdSession(clientArgv(own), statements),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function holdSession(argv: readonly string[], statements: string): Promise<AsyncDisposable> {
  const [program = "", ...args] = argv;
  const child = new Deno.Command(program, {
    args,
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${statements}\nSELECT 'held';\n`));
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return {
    async [Symbol.asyncDispose]() {
      await writer.close();
      await child.stdout.cancel();
      await child.status;
    },
  };
}
