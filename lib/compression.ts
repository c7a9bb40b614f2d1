/**
 * The programs that pack archives at a destination.
 *
 * @module
 */

import { DEFAULT_ENDING } from "./archive_name.ts";
import { UsageError } from "./errors.ts";

/** What is known of a compressor. */
interface Compressor {
  /** How the names of its archives end. */
  readonly ending: string;
  /** The hardest level. */
  readonly highest: number;
  /** Arguments that make it use all cores, where it would not by itself. */
  readonly parallel: readonly string[];
}

function compressor(ending: string, highest = 9, parallel: readonly string[] = []): Compressor {
  return { ending, highest, parallel };
}

/**
 * The compressors by the names of their programs. lbzip2 and pbzip2 write plain
 * bzip2 on all cores, so their archives are named as those of 0.8.4.
 */
export const COMPRESSORS = {
  bzip2: compressor(DEFAULT_ENDING),
  lbzip2: compressor(DEFAULT_ENDING),
  pbzip2: compressor(DEFAULT_ENDING),
  gzip: compressor(".tar.gz"),
  pigz: compressor(".tar.gz"),
  xz: compressor(".tar.xz", 9, ["-T0"]),
  zstd: compressor(".tar.zst", 19, ["-T0"]),
  none: compressor(".tar", 0),
} as const satisfies Record<string, Compressor>;

/** The name of a compressor. */
export type CompressorName = keyof typeof COMPRESSORS;

/** What the user asks for. */
export interface CompressionChoice {
  readonly name: CompressorName | "auto";
  /** Absent: the program's own default. */
  readonly level: number | undefined;
}

/** How one run packs. */
export interface Compression {
  readonly name: CompressorName;
  /** How the archive's name ends. */
  readonly ending: string;
  /** The program with its arguments; empty for none. */
  readonly argv: readonly string[];
}

/**
 * Checks a choice.
 *
 * @throws {UsageError} for a level that the compressor does not have
 */
export function compressionChoice(
  name: string,
  level: number | undefined,
): CompressionChoice {
  const known = compressorNames().find((each) => each === name) ?? "auto";
  const { highest } = COMPRESSORS[known === "auto" ? "bzip2" : known];
  if (level === undefined || level <= highest) return { name: known, level };
  throw new UsageError(
    known === "none"
      ? `Bad value "${level}" for --compress-level: "none" has no levels`
      : `Bad value "${level}" for --compress-level: ${name} takes 1 to ${highest}`,
  );
}

/** The programs whose presence at a destination matters. */
export function compressorNames(): CompressorName[] {
  return Object.keys(COMPRESSORS) as CompressorName[];
}

/**
 * What a choice comes to where the given programs are installed, or `undefined`
 * when the one that was asked for is not.
 */
export function compressionFor(
  { name, level }: CompressionChoice,
  installed: readonly string[],
): Compression | undefined {
  const chosen = name !== "auto" ? name : installed.includes("lbzip2") ? "lbzip2" : "bzip2";
  const { ending, parallel } = COMPRESSORS[chosen];
  if (chosen === "none") return { name: chosen, ending, argv: [] };
  if (!installed.includes(chosen)) return undefined;
  const levels = level === undefined ? [] : [`-${level}`];
  return { name: chosen, ending, argv: [chosen, ...parallel, ...levels] };
}
