/**
 * Text: lines, Markdown tables, numbers with their units.
 *
 * @module
 */

/** Writes a line. */
export async function print(text: string, to: typeof Deno.stderr = Deno.stdout): Promise<void> {
  await to.write(new TextEncoder().encode(`${text}\n`));
}

/** A Markdown table as `deno fmt` would have it; all columns but the first are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(4, cell.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      }).join(" | ")
    } |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** The middle value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

/** `12.3 s`. */
export function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/** `12.3 MiB`. */
export function mebibytes(bytes: number): string {
  const value = bytes / 2 ** 20;
  return `${value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0)} MiB`;
}

/** `1.23`, how many times `base` the value is. */
export function ratio(value: number, base: number): string {
  const times = value / base;
  return Number.isFinite(times) ? times.toFixed(times < 0.1 ? 3 : 2) : "";
}

/** `1,000,000`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}
