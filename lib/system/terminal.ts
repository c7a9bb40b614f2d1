/**
 * The only place that writes to the console: results, progress, warnings.
 *
 * @module
 */

/** What a command says, and to whom. */
export interface Terminal {
  /** A result, on standard output: what was asked for. */
  print(text: string): Promise<void>;
  /** One line about what is going on: on a terminal alone, replaced by the next. */
  progress(text: string): Promise<void>;
  /** The closing line of a run: on a terminal alone, so that cron sends no mail. */
  summary(text: string): Promise<void>;
  /** Something that needs a person, on standard error. */
  warn(text: string): Promise<void>;
}

const CLEAR_LINE = "\r\x1b[K";

/** The console of this process. */
export class Console implements Terminal {
  readonly #encoder = new TextEncoder();
  readonly #interactive = Deno.stdout.isTerminal();
  #progressShown = false;

  async print(text: string): Promise<void> {
    await this.#clearProgress();
    await this.#write(Deno.stdout, `${text}\n`);
  }

  async progress(text: string): Promise<void> {
    if (!this.#interactive) return;
    // Some terminals do not know their width and say 0.
    const width = Deno.consoleSize().columns || 80;
    await this.#write(Deno.stdout, `${CLEAR_LINE}${text.slice(0, width - 1)}`);
    this.#progressShown = true;
  }

  async summary(text: string): Promise<void> {
    if (this.#interactive) await this.print(text);
  }

  async warn(text: string): Promise<void> {
    await this.#clearProgress();
    await this.#write(Deno.stderr, `roundrobinbackup: ${text}\n`);
  }

  async #clearProgress(): Promise<void> {
    if (!this.#progressShown) return;
    this.#progressShown = false;
    await this.#write(Deno.stdout, CLEAR_LINE);
  }

  /** All of `text`; a reader that has gone away, as `head` does, is no error. */
  async #write(stream: typeof Deno.stdout, text: string): Promise<void> {
    let bytes = this.#encoder.encode(text);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(await stream.write(bytes));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }
}
