/**
 * What happens next: a binary heap of things by their time.
 *
 * @module
 */

interface Entry<T> {
  readonly time: number;
  readonly order: number;
  readonly item: T;
}

function earlier<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}

/** Gives items in the order of their times; at equal times, in the order in which they came. */
export class EventQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #added = 0;

  /** When the next item is due; `Infinity` when there is none. */
  get nextTime(): number {
    return this.#heap[0]?.time ?? Infinity;
  }

  /** How many items wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Adds an item that is due at a time. */
  add(time: number, item: T): void {
    const entry = { time, order: this.#added++, item };
    let index = this.#heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || !earlier(entry, parent)) break;
      this.#heap[index] = parent;
      index = above;
    }
    this.#heap[index] = entry;
  }

  /** Takes the item that is due next; `undefined` when there is none. */
  take(): T | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first?.item;
  }

  /** Puts an entry where the first one was, and down to its place. */
  #sink(entry: Entry<T>): void {
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let child = this.#heap[below];
      const right = this.#heap[below + 1];
      if (child !== undefined && right !== undefined && earlier(right, child)) {
        child = right;
        below++;
      }
      if (child === undefined || !earlier(child, entry)) break;
      this.#heap[index] = child;
      index = below;
    }
    this.#heap[index] = entry;
  }
}
