/**
 * What has to hold after every fault, and how many faults there were.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { archivesIn, TODAYS_ARCHIVE } from "./archives.ts";
import { outcomeOf } from "./command.ts";
import { SEED } from "./randomness.ts";
import { namesIn } from "./tree.ts";

const WORK_DIRECTORY = ".roundrobinbackup";

/** What a run may do to earlier archives. */
export interface Leave {
  /** Archives that a run may replace by complete ones: today's. */
  readonly replaceable?: readonly string[];
  /** Archives that no rule holds: they may go once `made` is there. */
  readonly prunable?: readonly string[];
  /** The archive that a run makes; today's unless given. */
  readonly made?: string;
}

/** The complete archives of a destination, watched over from fault to fault. */
export class Custody {
  readonly #destination: string;
  readonly #leave: Leave;
  /** Each archive's name and the SHA-256 of its content. */
  #archives = new Map<string, string>();
  /** Archives that never had a checksum, as 0.8.4 made them. */
  #unsummed = new Set<string>();

  private constructor(destination: string, leave: Leave) {
    this.#destination = destination;
    this.#leave = leave;
  }

  /** Takes over what is in `destination` now, as far as it is there. */
  static async of(destination: string, leave: Leave = {}): Promise<Custody> {
    const custody = new Custody(destination, leave);
    await custody.takeOver();
    return custody;
  }

  /** Takes what is there now, hand-made changes included, as what must not be lost. */
  async takeOver(): Promise<void> {
    const names = await this.#names();
    this.#archives = await this.#contents();
    this.#unsummed = new Set(
      [...this.#archives.keys()].filter((name) => !names.includes(`${name}.sha256`)),
    );
  }

  /** Counts a fault; fails unless every archive is still there and everything dated is whole. */
  async afterFault(): Promise<void> {
    count.injected++;
    await this.#assertNothingLost({ leftovers: true });
  }

  /** Likewise after a run that nothing disturbed: it has cleared what the fault left. */
  async afterCleanRun(): Promise<void> {
    await this.#assertNothingLost({ leftovers: false });
    assertEquals(await this.#leftovers(), []);
    await this.takeOver();
  }

  async #assertNothingLost({ leftovers }: { leftovers: boolean }): Promise<void> {
    const now = await this.#contents();
    const { made = TODAYS_ARCHIVE, replaceable = [made], prunable = [] } = this.#leave;
    const lost = [...this.#archives].filter(([name, sum]) => {
      if (now.get(name) === sum) return false;
      if (now.has(name)) return !replaceable.includes(name);
      return !(prunable.includes(name) && now.has(made));
    }).map(([name]) => `${name} is gone, or not what it was`);
    for (const [name, sum] of now) {
      if (!await this.#isSummed(name, sum, leftovers)) lost.push(`${name} has no good checksum`);
      if (!await isReadable(join(this.#destination, name), sum)) lost.push(`${name} is not whole`);
    }
    count.lost += lost.length;
    assertEquals(lost, []);
  }

  async #isSummed(name: string, sum: string, leftovers: boolean): Promise<boolean> {
    if (this.#unsummed.has(name)) return true;
    const cwd = this.#destination;
    const check = ["sha256sum", "-c", "--strict", "--status", "--", `${name}.sha256`];
    const { code } = await outcomeOf(check, { cwd });
    if (code === 0) return true;
    // Between its last two renames a run has published an archive, but not its checksum:
    // that still lies where the next run finds it.
    if (!leftovers) return false;
    for (const run of await this.#leftovers()) {
      const pending = join(cwd, WORK_DIRECTORY, run, `${name}.sha256`);
      const { stdout } = await outcomeOf(["cat", pending]);
      if (stdout.startsWith(sum)) return true;
    }
    return false;
  }

  /** What dead runs have left. */
  async #leftovers(): Promise<string[]> {
    if (!(await this.#names()).includes(WORK_DIRECTORY)) return [];
    const names = await namesIn(join(this.#destination, WORK_DIRECTORY));
    return names.filter((name) => name.startsWith("run-"));
  }

  async #names(): Promise<string[]> {
    try {
      return await namesIn(this.#destination);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  async #contents(): Promise<Map<string, string>> {
    if ((await this.#names()).length === 0) return new Map();
    const contents = new Map<string, string>();
    for (const name of await archivesIn(this.#destination)) {
      const bytes = await Deno.readFile(join(this.#destination, name));
      contents.set(name, hex(await crypto.subtle.digest("SHA-256", bytes)));
    }
    return contents;
  }
}

/** The content of archives that tar has read to their ends. */
const readable = new Set<string>();

/** Whether anybody's tar reads an archive to its end; equal contents are read once. */
async function isReadable(archive: string, sum: string): Promise<boolean> {
  if (readable.has(sum)) return true;
  const flags = archive.endsWith(".bzip2") ? "-tjf" : "-tf";
  const { code, stdout } = await outcomeOf(["tar", "--force-local", flags, archive]);
  if (code !== 0 || stdout === "") return false;
  readable.add(sum);
  return true;
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const count = { injected: 0, lost: 0 };

/**
 * Each test file closes with its count. Where `RRB_FAULT_COUNT` names a file, the
 * count goes there too, for a sum over all of them.
 */
globalThis.addEventListener("unload", () => {
  const line = `faults injected: ${count.injected}, archives lost: ${count.lost}`;
  Deno.stdout.writeSync(new TextEncoder().encode(`${line} (seed ${SEED})\n`));
  const file = Deno.env.get("RRB_FAULT_COUNT");
  if (file !== undefined) Deno.writeTextFileSync(file, `${line}\n`, { append: true });
});
