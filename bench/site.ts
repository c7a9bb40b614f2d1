/**
 * Where a measurement takes place: directories, the server, the days.
 *
 * @module
 */

import { join } from "@std/path";
import { type Cost, diskBytes, measured, type Meter } from "./meter.ts";
import { type Server, startServer } from "./server.ts";
import { type Tool, toolEnvironment } from "./tools.ts";

/** What `bench/run` made and found. */
export interface Place {
  /** A directory on a disk, empty, removed afterwards. */
  readonly work: string;
  /** An empty control group. */
  readonly group: string;
  /** The binary of our program. */
  readonly program: string;
  /** The library that pretends another time. */
  readonly faketime: string;
}

/** A place with its server. */
export interface Site extends Place, AsyncDisposable {
  readonly meter: Meter;
  /** The directory that is backed up. */
  readonly source: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the server. */
export async function openSite(place: Place): Promise<Site> {
  const server: Server = await startServer(join(place.work, "server"), place.group);
  return {
    ...place,
    meter: { group: place.group, server: server.pid },
    source: join(place.work, "source"),
    environment: {
      PATH: `${server.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: server.home,
      program: place.program,
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The backups that one tool makes into one empty destination, day after day. */
export interface Series extends AsyncDisposable {
  /** The directory of the destination. */
  readonly destination: string;
  /** Makes the backup of the next day: yesterday's first, then today's, then tomorrow's. */
  backUp(options?: { watched?: boolean; codes?: readonly number[] }): Promise<
    Cost & { code: number; disk: number }
  >;
}

/** Gives a tool an empty destination, and sets it up there. */
export async function openSeries(site: Site, tool: Tool): Promise<Series> {
  const destination = join(site.work, "destination");
  const own = join(site.work, "own");
  for (const path of [destination, own]) await Deno.mkdir(path);
  const zones = midnightZones();
  let number = 0;
  const task = (script: string) => ({
    script,
    env: {
      ...site.environment,
      ...toolEnvironment(own),
      ...pretendedDay(zones, { number, faketime: site.faketime }),
      source: site.source,
      dest: destination,
      own,
    },
    log: join(site.work, "log"),
  });
  const dispose = async () => {
    await removeTree(destination);
    await removeTree(own);
  };
  try {
    if (tool.setUp !== undefined) await measured(site.meter, task(tool.setUp));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    destination,
    backUp: async (options = {}) => {
      const cost = await measured(site.meter, { ...task(tool.backUp), ...options });
      number++;
      return { ...cost, disk: await diskBytes(destination) };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** Removes a directory of any size. */
export async function removeTree(directory: string): Promise<void> {
  await new Deno.Command("rm", { args: ["-rf", directory] }).output();
}

/** Two time zones, three hours apart, with midnight between them. */
interface Zones {
  readonly behind: string;
  readonly ahead: string;
}

/** Where it is about 23 o'clock yesterday, and about 2 o'clock today. */
function midnightZones(): Zones {
  // A few minutes on: it must not become midnight before the first backup has begun.
  const { hour } = Temporal.Now.zonedDateTimeISO("UTC").add({ minutes: 5 });
  const ahead = hour < 12 ? 2 - hour : 26 - hour;
  return { behind: zoneName(ahead - 3), ahead: zoneName(ahead) };
}

/** The sign of these names is that of POSIX: Etc/GMT-5 is five hours ahead. */
function zoneName(hours: number): string {
  return hours > 0 ? `Etc/GMT-${hours}` : `Etc/GMT+${-hours}`;
}

/** How far the program's clock is moved for the third day: less than the day at which it doubts. */
const STEP_HOURS = 23;

/**
 * What makes the program see yesterday, today and tomorrow. For the first two days a
 * time zone will do, which costs no time; libfaketime, for the third, takes some 50 ms.
 */
function pretendedDay(
  { behind, ahead }: Zones,
  { number, faketime }: { number: number; faketime: string },
): Record<string, string> {
  const zone = number === 0 ? behind : ahead;
  const hours = number < 2 ? 0 : STEP_HOURS;
  const day = String(Temporal.Now.zonedDateTimeISO(zone).add({ hours }).toPlainDate());
  const shift = `LD_PRELOAD=${faketime} FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME=+${hours * 3600}`;
  return { zone, day, shift: hours === 0 ? "" : shift };
}
