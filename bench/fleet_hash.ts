/**
 * Numbers that are always the same for the same text: when a client starts, and
 * to which server it goes.
 *
 * @module
 */

/** A number from 0 to under 1 (FNV-1a, mixed as MurmurHash3 does it at its end). */
export function stableFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * The server of a client by rendezvous hashing: of all pairs of this client with a
 * server, the one with the highest hash. A further server takes over its own share
 * of the clients, and no other client moves.
 *
 * @throws {RangeError} when there is no server
 */
export function serverFor(client: string, servers: readonly string[]): string {
  let chosen: { server: string; score: number } | undefined;
  for (const server of servers) {
    const score = stableFraction(`${client} ${server}`);
    if (chosen === undefined || score > chosen.score) chosen = { server, score };
  }
  if (chosen === undefined) throw new RangeError("There is no server to choose from");
  return chosen.server;
}

/** How many clients the fullest of so many servers gets. */
export function fullestServer(clients: number, servers: number): number {
  const names = Array.from({ length: servers }, (_, index) => `backup${index + 1}.example.com`);
  const counts = new Map<string, number>();
  for (let client = 0; client < clients; client++) {
    const server = serverFor(clientName(client), names);
    counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/** The host name of a client of the simulation. */
export function clientName(index: number): string {
  return `client${index}.example.com`;
}
