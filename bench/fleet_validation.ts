/**
 * The model beside reality: real clients, all at once, against the private sshd of
 * this machine.
 *
 * @module
 */

import { join } from "@std/path";
import type { Costs } from "./fleet_costs.ts";
import { percentile } from "./fleet_limit.ts";
import { destinationOf, stepCost } from "./fleet_measure.ts";
import { type Night, simulateNight } from "./fleet_model.ts";
import { print, ratio, seconds, table } from "./print.ts";
import { removeTree, type Site } from "./site.ts";
import { makeTree } from "./tree.ts";

/** How many at once, and what each of them sends in MiB. */
export interface ValidationSize {
  readonly clients: number;
  readonly mebibytes: number;
  readonly logins: number;
}

/** Each writes its exit code and its nanoseconds; the shell waits for all. */
const ALL_AT_ONCE = `mkdir "$dest"
for n in $(seq $clients); do
  {
    code=0
    start=$(date +%s%N)
    eval "$command" >"$dest/output-$n" 2>&1 || code=$?
    echo "$code $(( $(date +%s%N) - start ))" >"$dest/result-$n"
  } &
done
wait`;

async function allAtOnce(site: Site, clients: number, command: string) {
  const destination = destinationOf(site);
  await removeTree(destination);
  const env = { clients: String(clients), command };
  const cost = await stepCost(site, { script: ALL_AT_ONCE, env });
  const results: { code: number; duration: number }[] = [];
  for (let client = 1; client <= clients; client++) {
    const text = await Deno.readTextFile(join(destination, `result-${client}`));
    const [code = NaN, nanoseconds = NaN] = text.trim().split(" ").map(Number);
    results.push({ code, duration: nanoseconds / 1e9 });
  }
  return { results, cpu: cost.cpu + cost.clientCpu };
}

/** Measures first backups and bare logins at once, and gives both beside the model's. */
export async function validate(
  site: Site,
  costs: Costs,
  { clients, mebibytes, logins }: ValidationSize,
): Promise<string> {
  await print(`${clients} first backups of ${mebibytes} MiB at once`, Deno.stderr);
  await removeTree(site.source);
  makeTree(site.source, mebibytes);
  const command = '"$program" --compress lbzip2 "$source/" "backup:$dest/client-$n"';
  const backups = await allAtOnce(site, clients, command);
  const failed = backups.results.filter(({ code }) => code !== 0).length;
  if (failed > 0) throw new Error(`${failed} of ${clients} backups at once failed`);
  const durations = backups.results.map(({ duration }) => duration);

  await print(`${logins} logins at once`, Deno.stderr);
  const answers = await allAtOnce(site, logins, "ssh backup true");
  const refused = answers.results.filter(({ code }) => code !== 0).length;

  // All on this machine: what the clients need comes from the same cores.
  const night: Night = {
    clients,
    splay: 0,
    retries: 0,
    server: { cores: costs.cores, disk: costs.disk, net: 1e6, withClients: true },
    workload: { size: mebibytes, delta: mebibytes, changed: 1, compressor: "lbzip2" },
  };
  const model = simulateNight(costs, night);
  const modelLogins = simulateNight(costs, { ...night, clients: logins });
  const row = (name: string, measured: number, modelled: number, text = seconds) => [
    ...[name, text(measured), text(modelled), ratio(modelled, measured)],
  ];
  const backupsName = `${clients} first backups of ${mebibytes} MiB at once`;
  return table(["all at once, both sides on one machine", "measured", "model", "ratio"], [
    row(`${backupsName}: median`, percentile(durations, 0.5), percentile(model.durations, 0.5)),
    row(`${backupsName}: last`, Math.max(...durations), model.end),
    row(`${backupsName}: CPU of both sides`, backups.cpu, model.used.cpu),
    row(`${logins} logins at once: refused`, refused, modelLogins.gaveUp, String),
  ]);
}
