/**
 * A real cron daemon on a machine of its own, with a clock that lets the minute
 * of a job come within a second, and what it sends by mail.
 *
 * @module
 */

import { exists } from "@std/fs/exists";
import { dirname } from "@std/path";
import { fakeClock } from "./clock.ts";
import { until } from "./command.ts";
import type { Machine, Running } from "./machine.ts";
import { runningProcesses } from "./processes.ts";
import { namesIn } from "./tree.ts";

/** A mail, as cron hands it to sendmail. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/** A minute of cron takes a second. */
const PACE = 60;

/** How long before the minute cron is started, by its own clock. */
const AHEAD_SECONDS = 40;

/** Whose job runs every minute, so that it is seen that a minute has come. */
const MARKER = "nobody";

/**
 * No cron that a package has started, nor what its crontab says; a sendmail that keeps what it is
 * given, each mail under its name only when it is complete; a session of PAM that
 * is Debian's for cron in what a job can see, and notes when jobs begin and end:
 * cron closes it when the mail has been sent.
 */
const PREPARE = `
if [ -e /run/crond.pid ]; then
  pid=$(cat /run/crond.pid)
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
fi
echo '* * * * * ${MARKER} :' >/etc/crontab
mkdir /run/mails
touch /run/sessions
cat >/usr/local/sbin/note-session <<'END'
#!/bin/sh
echo "$PAM_TYPE $PAM_USER" >>/run/sessions
END
cat >/usr/sbin/sendmail <<'END'
#!/bin/sh
draft=$(mktemp /run/mail.XXXXXX) && cat >"$draft" && mv "$draft" /run/mails/
END
cat >/etc/pam.d/cron <<'END'
auth sufficient pam_permit.so
account sufficient pam_permit.so
session required pam_env.so
session required pam_exec.so /usr/local/sbin/note-session
END
chmod 755 /usr/local/sbin/note-session /usr/sbin/sendmail
`;

/** Makes a machine one on which a {@linkcode CronDaemon} can be started. */
export async function prepareCron(machine: Machine): Promise<void> {
  await machine.shell(PREPARE);
  const { LD_PRELOAD: library = "" } = await fakeClock("+0");
  if (await exists(machine.seen(library))) return;
  await Deno.mkdir(machine.seen(dirname(library)), { recursive: true });
  await Deno.copyFile(library, machine.seen(library));
}

/** Hides the crontabs that a machine has of ours. */
export async function hideCrontabs(machine: Machine): Promise<void> {
  await machine.shell(`
    mount -t tmpfs -o mode=755 none /etc/cron.d
    mount -t tmpfs -o mode=1730,gid=crontab none /var/spool/cron/crontabs`);
}

/** The clock of a machine that starts at `time`, in its time zone, which is UTC. */
export async function clockFrom(
  time: Temporal.PlainDateTime,
  pace = 1,
): Promise<Record<string, string>> {
  const there = time.toZonedDateTime("UTC").epochMilliseconds;
  const offset = Math.round((there - Date.now()) / 1000);
  const fake = await fakeClock(
    `${offset < 0 ? "" : "+"}${offset}${pace === 1 ? "" : ` x${pace}`}`,
  );
  // The times of files stay as they are: rsync would see them differ from one host to the other.
  return { ...fake, NO_FAKE_STAT: "1" };
}

/** cron, from shortly before a minute on. */
export class CronDaemon implements AsyncDisposable {
  readonly #machine: Machine;
  readonly #cron: Running;
  readonly #sessionsBefore: number;
  #ended = false;

  private constructor(machine: Machine, cron: Running, sessionsBefore: number) {
    this.#machine = machine;
    this.#cron = cron;
    this.#sessionsBefore = sessionsBefore;
  }

  /** Starts cron so that `minute` comes soon. Its jobs see the time from there on. */
  static async start(machine: Machine, minute: Temporal.PlainDateTime): Promise<CronDaemon> {
    const clock = Object.entries(await clockFrom(minute));
    const text = clock.map(([name, value]) => `${name}=${value}\n`).join("");
    await Deno.writeTextFile(machine.seen("/etc/environment"), text);
    const before = (await sessions(machine)).length;
    const ahead = minute.subtract({ seconds: AHEAD_SECONDS });
    const cron = await machine.start(["cron", "-f"], await clockFrom(ahead, PACE));
    return new CronDaemon(machine, cron, before);
  }

  /** How many minutes have come so far. */
  async minutes(): Promise<number> {
    const since = (await sessions(this.#machine)).slice(this.#sessionsBefore);
    return since.filter((line) => line === `close_session ${MARKER}`).length;
  }

  /** How many jobs have begun so far. */
  async begun(): Promise<number> {
    const since = (await sessions(this.#machine)).slice(this.#sessionsBefore);
    return since.filter((line) => /^open_session /.test(line) && !line.endsWith(MARKER)).length;
  }

  /** Waits until cron has started all that this minute has, and all of it has ended. */
  async minuteIsOver(): Promise<void> {
    // cron has started the jobs of a minute before it looks at the next one.
    const next = await this.minutes() + 2;
    await until("a minute of cron is over", async () => await this.minutes() >= next);
    await this[Symbol.asyncDispose]();
  }

  /** Ends cron; jobs that run are left to end, with their mails. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const jobs = (await runningProcesses()).filter(({ parent }) => parent === this.#cron.pid);
    await this.#cron.end();
    for (const { pid } of jobs) {
      await until("the jobs of cron have ended", async () => !await exists(`/proc/${pid}`));
    }
  }
}

/** Lets `minute` come and go; gives how many jobs cron has started, and the mails it sent. */
export async function cronMinute(
  machine: Machine,
  minute: Temporal.PlainDateTime,
): Promise<{ jobs: number; mails: Mail[] }> {
  const before = await mailFiles(machine);
  await using cron = await CronDaemon.start(machine, minute);
  await cron.minuteIsOver();
  const mails = await mailsOf(machine);
  return { jobs: await cron.begun(), mails: mails.slice(before.length) };
}

/** All mails that a machine has sent, in their order. */
export async function mailsOf(machine: Machine): Promise<Mail[]> {
  const files = await mailFiles(machine);
  return await Promise.all(files.map(async (file) => mailIn(await Deno.readTextFile(file))));
}

async function mailFiles(machine: Machine): Promise<string[]> {
  const directory = machine.seen("/run/mails");
  const files = (await namesIn(directory)).map((name) => `${directory}/${name}`);
  const times = await Promise.all(files.map(async (file) => (await Deno.stat(file)).mtime));
  const time = (file: string) => times[files.indexOf(file)]?.getTime() ?? 0;
  return files.toSorted((one, other) => time(one) - time(other));
}

function mailIn(text: string): Mail {
  const [head = "", body = ""] = text.split(/\n\n([^]*)/, 2);
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(head)?.[1] ?? "";
  return { to: header("To"), subject: header("Subject"), body };
}

async function sessions(machine: Machine): Promise<string[]> {
  const text = await Deno.readTextFile(machine.seen("/run/sessions"));
  return text.split("\n").filter((line) => line !== "");
}
