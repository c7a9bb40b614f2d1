/**
 * The state that a destination keeps from run to run: JSON, so that people can
 * read it, with a version, so that later programs can.
 *
 * @module
 */

import { parseDate } from "./calendar.ts";

/** The last run whose backup could be trusted. */
export interface GoodRun {
  /** When it ended, by the client's clock. */
  readonly time: Temporal.Instant;
  /** Files, directories and links of the source, as rsync counts them. */
  readonly files: number;
  /** Bytes of the source's files. */
  readonly bytes: number;
  /** The name of its archive. */
  readonly archive: string;
}

/** What is known of a destination from earlier runs. */
export interface State {
  /** The date that gives weekday, day and month of the slots; it never moves. */
  readonly anchorDate: Temporal.PlainDate;
  /** Absent until a run could be trusted. */
  readonly lastGoodRun?: GoodRun | undefined;
}

const VERSION = 1;

/** The state as it is written. */
export function stateText({ anchorDate, lastGoodRun }: State): string {
  const run = lastGoodRun === undefined
    ? {}
    : { lastGoodRun: { ...lastGoodRun, time: lastGoodRun.time.toString() } };
  return JSON.stringify({ version: VERSION, anchorDate: anchorDate.toString(), ...run }, null, 2) +
    "\n";
}

/**
 * Reads a state. A state that cannot be understood gives `undefined`: it is
 * reported and rebuilt, and no reason to fail.
 */
export function parseState(text: string): State | undefined {
  const json = record(parsedJson(text));
  const anchorDate = parseDate(String(json["anchorDate"]));
  if (json["version"] !== VERSION || anchorDate === undefined) return undefined;
  if (json["lastGoodRun"] === undefined) return { anchorDate };
  const lastGoodRun = parseGoodRun(record(json["lastGoodRun"]));
  return lastGoodRun === undefined ? undefined : { anchorDate, lastGoodRun };
}

function parseGoodRun(json: Record<string, unknown>): GoodRun | undefined {
  const { time, files, bytes, archive } = json;
  const instant = typeof time === "string" ? parsedInstant(time) : undefined;
  if (instant === undefined || typeof archive !== "string") return undefined;
  if (!isCount(files) || !isCount(bytes)) return undefined;
  return { time: instant, files, bytes, archive };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parsedInstant(text: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.from(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
