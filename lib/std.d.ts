/**
 * Types of the few functions that we use of the standard library: the npm
 * package that carries it ships plain JavaScript.
 */

declare module "@std/cli/parse-args" {
  /** Parses `--name=value` arguments; `collect`ed names give an array. */
  export function parseArgs(
    args: readonly string[],
    options: {
      readonly boolean?: readonly string[];
      readonly string?: readonly string[];
      readonly collect?: readonly string[];
    },
  ): Record<string, string | boolean | (string | number)[] | undefined>;
}

declare module "@std/fs/exists" {
  /** Whether the path can be seen; `isFile` and `isDirectory` narrow it. */
  export function exists(
    path: string,
    options?: { readonly isFile?: boolean; readonly isDirectory?: boolean },
  ): Promise<boolean>;
}

declare module "@std/path" {
  /** Joins parts of a path and normalizes the result. */
  export function join(...parts: string[]): string;
  /** The absolute path, seen from the working directory. */
  export function resolve(...parts: string[]): string;
  /** The last part of a path. */
  export function basename(path: string): string;
  /** The path without its last part. */
  export function dirname(path: string): string;
  /** The path of a `file:` URL. */
  export function fromFileUrl(url: string | URL): string;
}

declare module "@std/text/closest-string" {
  /** The one of `possibleWords` that is nearest to `givenWord` (Levenshtein). */
  export function closestString(givenWord: string, possibleWords: readonly string[]): string;
}

declare module "@std/assert" {
  /** Fails unless `condition` holds. */
  export function assert(condition: unknown, message?: string): asserts condition;
  /** Fails unless both are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  /** Fails if both are deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  /** Fails unless the text contains `expected`. */
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  /** Fails unless the text matches. */
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  /** Fails if the text matches. */
  export function assertNotMatch(actual: string, expected: RegExp, message?: string): void;
  /** Fails unless `fn` throws; gives the error. */
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any -- any constructor will do
    ErrorClass?: abstract new (...args: any[]) => E,
    messageIncludes?: string,
  ): E;
  /** Fails unless the promise that `fn` gives rejects; gives the error. */
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any -- any constructor will do
    ErrorClass?: abstract new (...args: any[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
}
