/**
 * A night of a fleet against one backup server: a discrete-event simulation, the
 * same each time for the same numbers.
 *
 * @module
 */

import type { Costs } from "./fleet_costs.ts";
import { EventQueue } from "./fleet_event_queue.ts";
import { clientName, stableFraction } from "./fleet_hash.ts";
import { seededRandom } from "./random.ts";
import { SharedResource } from "./fleet_sharing.ts";
import { type Server, type Step, stepsOfRun, type Workload } from "./fleet_steps.ts";

/** What is simulated. */
export interface Night {
  readonly clients: number;
  /** Seconds over which the starts are spread; 0: all at once. */
  readonly splay: number;
  readonly server: Server;
  readonly workload: Workload;
  /** How often a client tries again, after 1, 2, 4, … seconds. */
  readonly retries: number;
}

/** What came of it. */
export interface NightResult {
  /** Logins that sshd refused. */
  readonly refused: number;
  /** Runs that gave up: exit status 75. */
  readonly gaveUp: number;
  /** Seconds of each run that was made, from its start. */
  readonly durations: readonly number[];
  /** When the last run ended, in seconds. */
  readonly end: number;
  /** Work done: CPU seconds, MiB. */
  readonly used: { readonly cpu: number; readonly disk: number; readonly net: number };
  /** The most runs at one time. */
  readonly peakRuns: number;
  /** The most MiB of memory at one time. */
  readonly peakMemory: number;
}

/** sshd's `MaxStartups`: from `start` unauthenticated on it refuses at random, from `full` on all. */
export const MAX_STARTUPS = { start: 10, rate: 0.3, full: 100 };

/** The chance of being refused while so many others are not authenticated yet. */
export function refusalChance(unauthenticated: number): number {
  const { start, rate, full } = MAX_STARTUPS;
  if (unauthenticated < start) return 0;
  if (unauthenticated >= full) return 1;
  return rate + (1 - rate) * (unauthenticated - start) / (full - start);
}

/** A client that has begun. */
interface Client {
  readonly start: number;
  readonly steps: readonly Step[];
  attempts: number;
  /** The step at which it is. */
  at: number;
  /** What of that step is not done yet. */
  open: number;
}

/** Simulates a night to its end. */
export function simulateNight(costs: Costs, night: Night): NightResult {
  return new Simulation(costs, night).run();
}

class Simulation {
  readonly #night: Night;
  readonly #later = new EventQueue<() => void>();
  readonly #cpu: SharedResource<Client>;
  readonly #disk: SharedResource<Client>;
  readonly #net: SharedResource<Client>;
  readonly #random = seededRandom(1);
  readonly #durations: number[] = [];
  #time = 0;
  #end = 0;
  #unauthenticated = 0;
  #refused = 0;
  #gaveUp = 0;
  #runs = 0;
  #memory = 0;
  #peakRuns = 0;
  #peakMemory = 0;

  constructor(costs: Costs, night: Night) {
    const { server, workload, clients, splay } = night;
    this.#night = night;
    this.#cpu = new SharedResource({ total: server.cores, each: 1 });
    this.#disk = new SharedResource({ total: server.disk });
    this.#net = new SharedResource({ total: server.net });
    const steps = [false, true].map((changed) => stepsOfRun(costs, { server, workload, changed }));
    for (let index = 0; index < clients; index++) {
      const start = splay * stableFraction(`${clientName(index)} start`);
      // Evenly among the clients, so that small fleets have their share, too.
      const changed = Math.floor((index + 1) * workload.changed) >
        Math.floor(index * workload.changed);
      const client = { start, steps: steps[Number(changed)] ?? [], attempts: 0, at: 0, open: 0 };
      this.#later.add(start, () => this.#connect(client));
    }
  }

  run(): NightResult {
    const resources = [this.#cpu, this.#disk, this.#net];
    for (;;) {
      const nearest = resources.reduce((one, other) => other.nextTime < one.nextTime ? other : one);
      const time = Math.min(nearest.nextTime, this.#later.nextTime);
      if (time === Infinity) break;
      this.#time = time;
      if (this.#later.nextTime === time) {
        this.#later.take()?.();
      } else {
        const client = nearest.take();
        if (client !== undefined) this.#partDone(client);
      }
    }
    return {
      refused: this.#refused,
      gaveUp: this.#gaveUp,
      durations: this.#durations,
      end: this.#end,
      used: { cpu: this.#cpu.done, disk: this.#disk.done, net: this.#net.done },
      peakRuns: this.#peakRuns,
      peakMemory: this.#peakMemory,
    };
  }

  #connect(client: Client): void {
    if (this.#random() >= refusalChance(this.#unauthenticated)) {
      this.#unauthenticated++;
      this.#runs++;
      this.#peakRuns = Math.max(this.#peakRuns, this.#runs);
      this.#begin(client);
      return;
    }
    this.#refused++;
    const pause = 2 ** client.attempts++;
    if (client.attempts > this.#night.retries) {
      this.#gaveUp++;
      this.#end = this.#time;
    } else {
      this.#later.add(this.#time + pause, () => this.#connect(client));
    }
  }

  #begin(client: Client): void {
    const step = client.steps[client.at];
    if (step === undefined) return;
    this.#hold(step.memory);
    const parts: [SharedResource<Client>, number, number][] = [
      [this.#cpu, step.cpu, step.threads],
      [this.#disk, step.disk, 1],
      [this.#net, step.net, 1],
    ];
    client.open = 1;
    this.#later.add(this.#time + step.delay, () => this.#partDone(client));
    for (const [resource, work, threads] of parts) {
      if (work <= 0) continue;
      client.open++;
      resource.add(this.#time, client, { work, threads });
    }
  }

  #partDone(client: Client): void {
    if (--client.open > 0) return;
    const step = client.steps[client.at++];
    this.#hold(-(step?.memory ?? 0));
    if (step?.name === "login") this.#unauthenticated--;
    if (client.at < client.steps.length) return this.#begin(client);
    this.#runs--;
    this.#durations.push(this.#time - client.start);
    this.#end = this.#time;
  }

  #hold(memory: number): void {
    this.#memory += memory;
    this.#peakMemory = Math.max(this.#peakMemory, this.#memory);
  }
}
