/**
 * Where something ends, and how often it is needed then.
 *
 * @module
 */

import { fullestServer } from "./fleet_hash.ts";

/** The value below which the given share of the values lies; NaN when there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return sorted[index] ?? NaN;
}

/**
 * The largest number up to `most` for which `fits` holds, within one percent: 0 when
 * it never holds. `fits` is taken to hold up to some number, and not beyond.
 */
export function largestThat(fits: (number: number) => boolean, most: number): number {
  if (fits(most)) return most;
  let low = 0;
  let high = 1;
  while (high < most && fits(high)) {
    low = high;
    high = Math.min(most, high * 2);
  }
  while (high - low > Math.max(1, low / 100)) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** More servers than these are no answer. */
export const MOST_SERVERS = 100;

/**
 * The smallest number of servers of which the fullest gets no more clients than one
 * server can take; `Infinity` when these are more than {@linkcode MOST_SERVERS}.
 */
export function serversNeeded(clients: number, limit: number): number {
  // The shares of the servers are never quite equal, so this is the least.
  for (let servers = Math.ceil(clients / limit) || 1; servers <= MOST_SERVERS; servers++) {
    if (fullestServer(clients, servers) <= limit) return servers;
  }
  return Infinity;
}
