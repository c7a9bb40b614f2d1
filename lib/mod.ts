/**
 * The library face, for those who script backups. It mirrors the classes of
 * round-robin-backup 0.8.4 and round-robin-date 1.2.0; options have the names
 * that they had there.
 *
 * @example The dates that a policy keeps
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RoundRobinDate } from "./mod.ts";
 *
 * const dates = new RoundRobinDate({
 *   current_date: "2013-02-01",
 *   days_to_retain: 1,
 *   weeks_to_retain: 1,
 *   months_to_retain: 1,
 *   years_to_retain: 2,
 * });
 * assertEquals(dates.getDatesAsStrings(), [
 *   "2013-02-01",
 *   "2013-01-31",
 *   "2013-01-28",
 *   "2013-01-01",
 *   "2012-01-01",
 * ]);
 * ```
 *
 * @module
 */

export { NotNowError, UsageError } from "./errors.ts";
export { EXIT, type ExitStatus } from "./exit_status.ts";
export {
  type BackupResult,
  type ResolvedRoundRobinBackupOptions,
  RoundRobinBackup,
  type RoundRobinBackupOptions,
} from "./library/round_robin_backup.ts";
export {
  type ResolvedRoundRobinDateOptions,
  RoundRobinDate,
  type RoundRobinDateOptions,
} from "./library/round_robin_date.ts";
