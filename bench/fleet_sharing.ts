/**
 * Processor sharing: cores, a disk or a network line, divided evenly among all
 * that want it at the moment.
 *
 * @module
 */

import { EventQueue } from "./fleet_event_queue.ts";

/** How much there is to divide. */
export interface Capacity {
  /** Work that is done in a second, in all: cores, or MiB. */
  readonly total: number;
  /** The most that one thread can get: 1 core. Without it, one may have all. */
  readonly each?: number;
}

/** Work to be done. */
export interface Demand {
  /** Seconds of a core, or MiB. */
  readonly work: number;
  /** Among how many threads it is spread; each of them counts as one when work is shared. */
  readonly threads?: number;
}

/**
 * A resource in egalitarian processor sharing. All threads get the same, so one
 * number, the service that any thread got so far, tells who is done when: that
 * makes each step logarithmic, however many share.
 */
export class SharedResource<T> {
  readonly #total: number;
  readonly #each: number;
  readonly #waiting = new EventQueue<{ job: T; threads: number }>();
  #threads = 0;
  #time = 0;
  #service = 0;
  #done = 0;

  constructor({ total, each = total }: Capacity) {
    this.#total = total;
    this.#each = Math.min(each, total);
  }

  /** How much work was done up to the last step. */
  get done(): number {
    return this.#done;
  }

  /** When the next job will be done, if none comes before; `Infinity` when there is none. */
  get nextTime(): number {
    if (this.#waiting.size === 0) return Infinity;
    const left = Math.max(0, this.#waiting.nextTime - this.#service);
    return this.#time + left / this.#rate;
  }

  /** Adds a job at a time, which must not lie before any earlier step. */
  add(time: number, job: T, { work, threads = 1 }: Demand): void {
    this.#advance(time);
    this.#waiting.add(this.#service + work / threads, { job, threads });
    this.#threads += threads;
  }

  /** Takes the job that is done at {@linkcode nextTime}. */
  take(): T | undefined {
    const time = this.nextTime;
    if (time === Infinity) return undefined;
    this.#advance(time);
    // Exactly: else the rounding of many steps would let it wait for ever.
    this.#service = Math.max(this.#service, this.#waiting.nextTime);
    const next = this.#waiting.take();
    this.#threads -= next?.threads ?? 0;
    return next?.job;
  }

  /** What each thread gets in a second. */
  get #rate(): number {
    return Math.min(this.#each, this.#total / this.#threads);
  }

  #advance(time: number): void {
    if (this.#threads > 0) {
      const service = this.#rate * (time - this.#time);
      this.#service += service;
      this.#done += service * this.#threads;
    }
    this.#time = time;
  }
}
