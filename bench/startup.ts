/**
 * Measures how long programs take to start, and their peak memory, alternating
 * them round by round; called by `bench/startup`.
 *
 * @module
 */

const [binary = "", oneLine = "", sources = "", rounds = "40"] = Deno.args;

const CANDIDATES = [
  { name: "compiled one-liner", argv: [oneLine] },
  { name: "roundrobinbackup --version", argv: [binary, "--version"] },
  {
    name: "deno run main.ts --version",
    argv: [Deno.execPath(), "run", "--quiet", "-A", sources, "--version"],
  },
].map((candidate) => ({
  ...candidate,
  milliseconds: [] as number[],
  kibibytes: [] as number[],
}));

/** Wall milliseconds and peak KiB of one run; GNU time reports the memory. */
async function measure(argv: readonly string[]): Promise<{ wall: number; peak: number }> {
  const start = performance.now();
  const { success, stderr } = await new Deno.Command("/usr/bin/time", {
    args: ["-f", "%M", ...argv],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const wall = performance.now() - start;
  if (!success) throw new Error(`${argv.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
  return { wall, peak: Number(new TextDecoder().decode(stderr).trim().split("\n").at(-1)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

for (let round = -2; round < Number(rounds); round++) {
  for (const { argv, milliseconds, kibibytes } of CANDIDATES) {
    const { wall, peak } = await measure(argv);
    // The first rounds fill the page cache.
    if (round < 0) continue;
    milliseconds.push(wall);
    kibibytes.push(peak);
  }
}

const reference = median(CANDIDATES[0]?.milliseconds ?? []);
const lines = CANDIDATES.map(({ name, milliseconds, kibibytes }) => {
  const wall = median(milliseconds);
  return [
    name.padEnd(28),
    `${wall.toFixed(1)} ms`.padStart(9),
    `x ${(wall / reference).toFixed(2)}`.padStart(7),
    `+ ${(wall - reference).toFixed(1)} ms`.padStart(11),
    `${(median(kibibytes) / 1024).toFixed(0)} MiB`.padStart(8),
  ].join("  ");
});
const text = [`Medians of ${rounds} rounds, against the compiled one-liner:`, ...lines, ""].join(
  "\n",
);
await Deno.stdout.write(new TextEncoder().encode(text));
