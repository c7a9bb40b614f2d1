/**
 * The recipes of a page in docs/, put to work in a site: its scripts, and its cron lines
 * as cron's shell reads them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { type Outcome, until } from "./command.ts";
import type { Site } from "./site.ts";

/** A page of the documentation. */
export class Page {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** The page `docs/<name>`. */
  static async read(name: string): Promise<Page> {
    return new Page(
      await Deno.readTextFile(fromFileUrl(new URL(`../../docs/${name}`, import.meta.url))),
    );
  }

  /** The blocks of a language, in their order. */
  blocks(language: string): string[] {
    const found = this.text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"));
    return [...found].map(([, block]) => block ?? "");
  }

  /** The one block of a language in which `text` occurs. */
  block(language: string, text: string): string {
    const found = this.blocks(language).filter((block) => block.includes(text));
    assertEquals(found.length, 1, `blocks of ${language} with ${text}`);
    return found[0] ?? "";
  }

  /** The script that the page calls `/etc/roundrobinbackup/<name>`. */
  script(name: string): string {
    return this.block("sh", `#!/bin/sh\n# /etc/roundrobinbackup/${name}\n`);
  }

  /** The command of the one cron line in which `text` occurs. */
  cronCommand(text: string): string {
    const lines = this.blocks("crontab").flatMap((block) => block.split("\n"))
      .filter((line) => line.includes(text));
    assertEquals(lines.length, 1, `cron lines with ${text}`);
    const [, command = ""] = /^(?:\S+ ){5}(.*)$/.exec(lines[0] ?? "") ?? [];
    assert(command !== "" && !/[^\\]%/.test(command), `cron reads more, or less, in ${lines[0]}`);
    return command;
  }
}

/** Words of a page, and what stands for them in a test. */
export type Places = Readonly<Record<string, string>>;

/** Options of {@linkcode cronRun}. */
export interface CronRunOptions {
  readonly places?: Places;
  /** A command that starts the program under limits. */
  readonly under?: string;
  /** A directory in front of cron's PATH. */
  readonly bin?: string;
}

/** Where a recipe's run leaves `RRB_RESULT`. */
export const RESULT = "result";

/** `text` with the places of a test in it. */
export function placed(text: string, site: Site, places: Places = {}): string {
  const all = {
    ...places,
    "/etc/roundrobinbackup/": `${site.path("etc")}/`,
    "deploy@backup.example.com:/srv/backup/": `${site.path("srv")}/`,
    "/var/backups/databases/": `${site.source}/`,
    "/var/www/project/": `${site.source}/`,
    "/srv/app/": `${site.path("app")}/`,
  };
  return Object.entries(all).reduce((line, [from, to]) => line.replaceAll(from, to), text);
}

/** Installs a page's script as the page says. */
export async function installScript(
  site: Site,
  script: { page: Page; name: string; places?: Places },
): Promise<void> {
  // As the page's `install` does it.
  for (const name of ["etc", "source.new"]) await Deno.mkdir(site.path(name), { recursive: true });
  const text = placed(script.page.script(script.name), site, script.places);
  await Deno.writeTextFile(site.path("etc", script.name), text, { mode: 0o755 });
}

/** The command line of a page's cron line, in a site. */
async function commandInSite(
  site: Site,
  command: string,
  { places, under = "" }: CronRunOptions = {},
): Promise<string> {
  const program = (await site.programArgv()).map((word) => `'${word}'`).join(" ");
  return placed(command, site, places)
    .replace("/usr/local/bin/roundrobinbackup", `${under} ${program}`);
}

/** Runs the command of a cron line with cron's own PATH. */
export async function cronRun(
  site: Site,
  command: string,
  options: CronRunOptions = {},
): Promise<Outcome> {
  await Deno.mkdir(site.path("srv"), { recursive: true });
  const line = await commandInSite(site, command, options);
  const path = [...(options.bin === undefined ? [] : [options.bin]), "/usr/bin:/bin"].join(":");
  return await site.command(["sh", "-c", line], { env: { PATH: path } });
}

/**
 * Like {@linkcode cronRun}, and not in the second of an earlier run, which would hide that a
 * time has changed; gives `made` or `unchanged`.
 */
export async function resultOfCronRun(
  site: Site,
  command: string,
  options: CronRunOptions = {},
): Promise<string> {
  const second = Math.floor(Date.now() / 1000);
  await until("a new second begins", () => Promise.resolve(Date.now() >= (second + 1) * 1000));
  const noting = `${command} --after 'echo "$RRB_RESULT" >${site.path(RESULT)}'`;
  assertEquals(await cronRun(site, noting, options), { code: 0, stdout: "", stderr: "" });
  return (await Deno.readTextFile(site.path(RESULT))).trim();
}

/** Starts programs that end half-way through any file: no file may be longer than this. */
export function withFilesOfAtMost(bytes: number): string {
  return `prlimit --fsize=${bytes} --core=0 --`;
}
