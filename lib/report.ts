/**
 * Plans and listings as people and programs read them.
 *
 * @module
 */

import type { DirectoryEntry } from "./directory_listing.ts";
import type { PlannedArchive, PrunePlan } from "./prune_plan.ts";
import { type RetentionRules, roundRobinDates } from "./retention.ts";

/** What `--json` says of the anchor: its date, or its parts when those were given. */
type AnchorJson = string | { dayOfWeek: number; dayOfMonth: number; monthOfYear: number };

function anchorJson({ anchor, anchorDate }: RetentionRules): AnchorJson {
  return anchorDate?.toString() ?? { ...anchor };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** `plan --json` without archives: every round-robin date, newest first. */
export function policyJson(rules: RetentionRules): string {
  const keep = roundRobinDates(rules).map(({ date, reasons }) => ({
    date: date.toString(),
    reasons,
  }));
  return json({ today: rules.today.toString(), anchor: anchorJson(rules), keep });
}

/** `plan` without archives. */
export function policyText(rules: RetentionRules): string {
  const rows = roundRobinDates(rules).map(({ date, reasons }) => [
    date.toString(),
    reasons.join(", "),
  ]);
  return [heading(rules), ...table(rows)].join("\n");
}

/** `plan --json` with archives: every name and what becomes of it. */
export function planJson(plan: PrunePlan): string {
  const archives = [...plan.archives, ...plan.ignored].map((entry) => ({
    name: entry.name,
    date: "date" in entry ? entry.date.toString() : null,
    action: entry.action,
    reasons: entry.reasons,
  }));
  return json({ today: plan.rules.today.toString(), anchor: anchorJson(plan.rules), archives });
}

/** `plan` with archives. */
export function planText(plan: PrunePlan): string {
  const rows = [...plan.archives, ...plan.ignored].map((entry) => [
    entry.action,
    shownName(entry.name),
    entry.action === "remove" ? "no rule holds it" : entry.reasons.join(", "),
  ]);
  const count = (action: string) => rows.filter(([shown]) => shown === action).length;
  const totals = `${count("keep")} kept, ${count("remove")} removed, ${count("ignore")} ignored`;
  return [heading(plan.rules), ...table(rows), totals].join("\n");
}

/** An archive as `list` shows it. */
interface ListedArchive extends PlannedArchive {
  /** Bytes. */
  readonly size: number;
  /** It shares its content on disk with an older one: nothing had changed. */
  readonly unchanged: boolean;
}

/** The archives of a plan with what the directory says of them, newest first. */
function listedArchives(
  { archives }: PrunePlan,
  entries: readonly DirectoryEntry[],
): ListedArchive[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const older = new Set<string>();
  return archives.toReversed().map((archive) => {
    const { size = 0, inode = archive.name } = byName.get(archive.name) ?? {};
    const unchanged = older.has(inode);
    older.add(inode);
    return { ...archive, size, unchanged };
  }).reverse();
}

/** Bytes that archives take, shared content counted once. */
function sharedSize(archives: readonly ListedArchive[]): number {
  return archives.reduce((sum, { size, unchanged }) => unchanged ? sum : sum + size, 0);
}

/** `list --json`: the archives, newest first, sizes in bytes. */
export function listJson(plan: PrunePlan, entries: readonly DirectoryEntry[]): string {
  const listed = listedArchives(plan, entries);
  const archives = listed.map(({ name, date, size, unchanged, action, reasons }) => ({
    name,
    date: date.toString(),
    size,
    unchanged,
    action,
    reasons,
  }));
  const { today } = plan.rules;
  const total = sharedSize(listed);
  return json({ today: today.toString(), anchor: anchorJson(plan.rules), total, archives });
}

/** `list`. */
export function listText(plan: PrunePlan, entries: readonly DirectoryEntry[]): string {
  const listed = listedArchives(plan, entries);
  const rows = listed.map(({ name, date, size, unchanged, action, reasons }) => [
    date.toString(),
    sizeText(size).padStart(8),
    shownName(name),
    `${action === "keep" ? reasons.join(", ") : "no rule holds it: a prune will remove it"}${
      unchanged ? " (unchanged)" : ""
    }`,
  ]);
  return [...table(rows), `${archiveCount(rows.length)}, ${sizeText(sharedSize(listed))}`].join(
    "\n",
  );
}

/** `1 archive`, `7 archives`. */
export function archiveCount(count: number): string {
  return `${count} archive${count === 1 ? "" : "s"}`;
}

/** A size for people, in powers of 1024: `0 B`, `1.5 KiB`, `12 MiB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A name on one line and without effect on a terminal, whatever it contains. */
export function shownName(name: string): string {
  if (!/\p{C}/u.test(name)) return name;
  const escaped = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return JSON.stringify(name).replace(/\p{C}/gu, escaped);
}

function heading(rules: RetentionRules): string {
  const { dayOfWeek, dayOfMonth, monthOfYear } = rules.anchor;
  const weekday = WEEKDAYS[dayOfWeek - 1];
  const slots = `weeks on ${weekday}, months on day ${dayOfMonth}, years in month ${monthOfYear}`;
  const anchor = rules.anchorDate === undefined ? "" : ` (anchor ${rules.anchorDate})`;
  return `Plan as of ${rules.today}: ${slots}${anchor}`;
}

const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
];

/** Rows with their columns aligned, the last one free. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row.map((cell, column) => column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))
      .join("  ").trimEnd()
  );
}
