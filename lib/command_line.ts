/**
 * From the words of a command line to plain `--name=value` arguments: short
 * forms, clusters, aliases and the several words of `--exclude` are resolved
 * here, and everything that is not in the option table is refused.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { UsageError } from "./errors.ts";
import {
  type CommandName,
  COMMANDS,
  DEFAULT_COMMAND,
  optionEntries,
  type OptionKey,
  OPTIONS,
  type OptionSpec,
  type OptionValues,
} from "./options.ts";

/** A command line whose options are known and checked one by one. */
export interface ParsedCommandLine {
  readonly command: CommandName;
  readonly options: OptionValues;
  /** The options that were given, in contrast to those that have their default. */
  readonly given: ReadonlySet<OptionKey>;
  /** What is no option: SOURCE, DESTINATION. */
  readonly operands: readonly string[];
}

/** Commands of later versions: their names must not be taken for a SOURCE now. */
const RESERVED = ["restore", "verify", "status", "serve", "completions", "man"];

type Token =
  | { readonly kind: "operand"; readonly text: string }
  | {
    readonly kind: "option";
    readonly key: OptionKey;
    readonly text?: string;
    /** The number of the `--exclude` whose further word this is: it may be an operand after all. */
    readonly furtherWordOf?: number;
  };

/**
 * Reads a command line by the option table.
 *
 * @throws {UsageError} for an unknown option, a missing or bad value, or an
 *   option that the command does not take
 */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine {
  const tokens = leaveOperands(tokenize(argv), 2);
  const words = tokens.flatMap((token) => token.kind === "operand" ? [token.text] : []);
  const command = commandOf(words);
  const canonical = tokens.flatMap((token) => {
    if (token.kind === "operand") return [];
    checkApplies(token.key, command);
    const name = `--${OPTIONS[token.key].names[0]}`;
    // parseArgs takes "--name=" for a flag of that name, and "--name -x" for two options.
    if (token.text === undefined || token.text === "") return [name, token.text ?? []].flat();
    return [`${name}=${token.text}`];
  });
  const operands = command === DEFAULT_COMMAND ? words : words.slice(1);
  return { command, operands, ...optionValues(canonical) };
}

/**
 * The first word is a command only when it is the name of one. `backup` is not:
 * it has always been the program itself, and may be the name of a SOURCE.
 */
function commandOf(words: readonly string[]): CommandName {
  const first = words[0];
  if (first !== undefined && RESERVED.includes(first)) {
    throw new UsageError(
      `The command "${first}" is not part of this version; a source of that name is written "./${first}"`,
    );
  }
  return COMMANDS.find((command) => command === first) ?? DEFAULT_COMMAND;
}

function checkApplies(key: OptionKey, command: CommandName): void {
  const { names, commands }: OptionSpec<unknown> = specOf(key);
  if (commands.includes(command)) return;
  throw new UsageError(
    `The command ${command} does not take --${names[0]}; it is an option of ${
      commands.join(" and ")
    }`,
  );
}

function specOf(key: OptionKey): OptionSpec<unknown> {
  return OPTIONS[key] as OptionSpec<unknown>;
}

function tokenize(argv: readonly string[]): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < argv.length) {
    const word = argv[index++] ?? "";
    if (word === "--") {
      tokens.push(...argv.slice(index).map((text): Token => ({ kind: "operand", text })));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      tokens.push({ kind: "operand", text: word });
      continue;
    }
    const { flags, last, inline } = word.startsWith("--") ? longOption(word) : shortOptions(word);
    tokens.push(...flags.map((key): Token => ({ kind: "option", key })));
    const spec = specOf(last);
    if (spec.value === undefined) {
      if (inline !== undefined) {
        throw new UsageError(`--${spec.names[0]} takes no value, but was given "${inline}"`);
      }
      tokens.push({ kind: "option", key: last });
      continue;
    }
    const text = inline ?? nextValue(argv[index++]);
    if (text === undefined) {
      throw new UsageError(`--${spec.names[0]} needs a value: it takes ${spec.value.accepts}`);
    }
    tokens.push({ kind: "option", key: last, text });
    if (spec.many !== "words" || inline !== undefined) continue;
    const group = index;
    for (let next = nextWord(argv[index]); next !== undefined; next = nextWord(argv[index])) {
      tokens.push({ kind: "option", key: last, text: next, furtherWordOf: group });
      index++;
    }
  }
  return tokens;
}

/** What follows an option as its value: a negative number is one, so that it can be named. */
function nextValue(word: string | undefined): string | undefined {
  return word !== undefined && /^-\d/.test(word) ? word : nextWord(word);
}

/** The word unless it is an option or missing. */
function nextWord(word: string | undefined): string | undefined {
  return word === undefined || word.startsWith("-") && word !== "-" ? undefined : word;
}

interface OptionWord {
  readonly flags: OptionKey[];
  readonly last: OptionKey;
  /** The value that is part of the same word, as in `--days=3` or `-p22`. */
  readonly inline?: string | undefined;
}

function longOption(word: string): OptionWord {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const last = optionEntries().find(([, spec]) => spec.names.includes(name))?.[0];
  if (last === undefined) throw unknownOption(`--${name}`);
  return { flags: [], last, inline: equals < 0 ? undefined : word.slice(equals + 1) };
}

/** `-n`, `-p 22`, `-p22`, `-np22`: flags, then at most one option with a value. */
function shortOptions(word: string): OptionWord {
  const flags: OptionKey[] = [];
  for (let index = 1; index < word.length; index++) {
    const key = optionEntries().find(([, spec]) => spec.short === word[index])?.[0];
    // "-days" is more likely a long option with a dash too few than five short ones.
    if (key === undefined) throw unknownOption(index === 1 ? word : `-${word[index]}`);
    const rest = word.slice(index + 1).replace(/^=/, "");
    if (specOf(key).value !== undefined) {
      return { flags, last: key, inline: index + 1 < word.length ? rest : undefined };
    }
    flags.push(key);
  }
  const last = flags.pop();
  if (last === undefined) throw unknownOption(word);
  return { flags, last };
}

function unknownOption(option: string): UsageError {
  const specs = optionEntries().map(([, spec]) => spec);
  const name = option.replace(/^-+/, "");
  if (name.length < 2) {
    const shorts = specs.flatMap(({ short }) => short === undefined ? [] : [`-${short}`]);
    return new UsageError(`There is no option ${option}; the short ones are ${shorts.join(" ")}`);
  }
  const nearest = closestString(name, specs.flatMap(({ names }) => names));
  return new UsageError(`There is no option ${option}; the nearest is --${nearest}`);
}

/**
 * Turns further words of `--exclude` back into operands until there are
 * `wanted`: the last words of the last `--exclude` that has enough of them, else
 * what each has, from the last one on.
 */
function leaveOperands(tokens: Token[], wanted: number): Token[] {
  const result = [...tokens];
  for (;;) {
    const missing = wanted - result.filter((token) => token.kind === "operand").length;
    const groups = [...Map.groupBy(result.keys(), (index) => furtherWordOf(result[index]))]
      .flatMap(([group, indexes]) => group === undefined ? [] : [indexes]);
    const group = groups.findLast((indexes) => indexes.length >= missing) ?? groups.at(-1);
    if (missing <= 0 || group === undefined) return result;
    for (const index of group.slice(-missing)) {
      const token = result[index];
      if (token?.text !== undefined) result[index] = { kind: "operand", text: token.text };
    }
  }
}

function furtherWordOf(token: Token | undefined): number | undefined {
  return token?.kind === "option" ? token.furtherWordOf : undefined;
}

/** Parses the canonical arguments and checks every value. */
function optionValues(
  canonical: readonly string[],
): { options: OptionValues; given: ReadonlySet<OptionKey> } {
  const entries = optionEntries();
  const namesOf = (wanted: (spec: OptionSpec<unknown>) => boolean) =>
    entries.flatMap(([, spec]) => wanted(spec) ? [spec.names[0] ?? ""] : []);
  const parsed = parseArgs(canonical, {
    boolean: namesOf((spec) => spec.value === undefined),
    string: namesOf((spec) => spec.value !== undefined),
    collect: namesOf((spec) => spec.many !== undefined),
  });
  const given = new Set<OptionKey>();
  const values = entries.map(([key, spec]): [OptionKey, unknown] => {
    const raw = parsed[spec.names[0] ?? ""];
    const texts = (Array.isArray(raw) ? raw : [raw]).filter((text) => typeof text === "string");
    if (spec.value === undefined) {
      if (raw === true) given.add(key);
      return [key, raw === true];
    }
    if (texts.length === 0) return [key, spec.fallback];
    given.add(key);
    const checked = texts.map((text) => checkedValue(spec, text));
    return [key, spec.many === undefined ? checked.at(-1) : checked];
  });
  return { options: Object.fromEntries(values) as OptionValues, given };
}

function checkedValue(spec: OptionSpec<unknown>, text: string): unknown {
  const value = spec.value?.parse(text);
  if (value !== undefined) return value;
  throw new UsageError(
    `Bad value "${text}" for --${spec.names[0]}: it takes ${spec.value?.accepts}`,
  );
}
