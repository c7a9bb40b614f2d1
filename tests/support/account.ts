/**
 * The accounts that tests run as: our own, and, for root, an unprivileged one.
 *
 * @module
 */

import { outcomeOf, outputOf } from "./command.ts";

/** An account of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The unprivileged account; made when it is missing, by root alone. */
const UNPRIVILEGED = "rrb-test";

/** What the account's name is in the names of tests: `root`, `unprivileged`. */
export type AccountKind = "root" | "unprivileged";

/** The accounts that can be had here: without root's rights only our own. */
export async function testAccounts(): Promise<Map<AccountKind, Account>> {
  const own = await accountNamed(String(Deno.uid()));
  if (own === undefined) throw new Error(`The user ID ${Deno.uid()} is no account`);
  return own.uid === 0
    ? new Map([["root", own], ["unprivileged", await unprivilegedAccount()]])
    : new Map([["unprivileged", own]]);
}

/** `argv` for {@linkcode Account} `account`: as it is when that is ourselves. */
export function argvAs(account: Account, argv: readonly string[]): string[] {
  if (account.uid === Deno.uid()) return [...argv];
  const identity = [`--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups"];
  return ["setpriv", ...identity, "--no-new-privs", "--inh-caps=-all", "--", ...argv];
}

async function unprivilegedAccount(): Promise<Account> {
  const known = await accountNamed(UNPRIVILEGED);
  if (known !== undefined) return known;
  const home = `/var/lib/${UNPRIVILEGED}`;
  // --user-group although it is the default: /etc/login.defs can say otherwise.
  await outcomeOf([
    ...["useradd", "--system", "--user-group", "--create-home", "--home-dir", home],
    ...["--shell", "/bin/sh", UNPRIVILEGED],
  ]);
  const made = await accountNamed(UNPRIVILEGED);
  if (made === undefined) throw new Error(`Cannot make the account ${UNPRIVILEGED}`);
  // Without PAM sshd refuses a locked account; "*" locks the password alone.
  await outputOf(["usermod", "-p", "*", UNPRIVILEGED]);
  return made;
}

async function accountNamed(nameOrId: string): Promise<Account | undefined> {
  const { stdout } = await outcomeOf(["getent", "passwd", nameOrId]);
  const [name, , uid, gid, , home] = stdout.trim().split(":");
  if (name === undefined || name === "" || home === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home };
}
