import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { compressionChoice, compressionFor, compressorNames } from "../../lib/compression.ts";
import { UsageError } from "../../lib/errors.ts";

const ALL = compressorNames();

function argvFor(name: string, level?: number, installed: readonly string[] = ALL) {
  return compressionFor(compressionChoice(name, level), installed)?.argv;
}

Deno.test("compression: auto is lbzip2 where it is installed, else bzip2", () => {
  assertEquals(argvFor("auto"), ["lbzip2"]);
  assertEquals(argvFor("auto", 9), ["lbzip2", "-9"]);
  assertEquals(argvFor("auto", undefined, ["bzip2", "zstd"]), ["bzip2"]);
  assertEquals(argvFor("auto", undefined, ["zstd"]), undefined);
});

Deno.test("compression: the one that is asked for, on all cores, or none in its place", () => {
  assertEquals(argvFor("zstd", 3), ["zstd", "-T0", "-3"]);
  assertEquals(argvFor("xz"), ["xz", "-T0"]);
  assertEquals(argvFor("pigz", 1), ["pigz", "-1"]);
  assertEquals(argvFor("none", undefined, []), []);
  assertEquals(argvFor("zstd", undefined, ["bzip2", "lbzip2"]), undefined);
});

Deno.test("compression: each archive has its compressor's usual ending, bzip2 that of 0.8.4", () => {
  const endings = ALL.map((name) => compressionFor({ name, level: undefined }, ALL)?.ending);
  assertEquals(endings, [
    ".tar.bzip2",
    ".tar.bzip2",
    ".tar.bzip2",
    ".tar.gz",
    ".tar.gz",
    ".tar.xz",
    ".tar.zst",
    ".tar",
  ]);
});

Deno.test("compression: a level that the compressor does not have is refused", () => {
  const cases: [string, number, string][] = [
    ["bzip2", 10, "bzip2 takes 1 to 9"],
    ["auto", 10, "auto takes 1 to 9"],
    ["zstd", 20, "zstd takes 1 to 19"],
    ["none", 1, "has no levels"],
  ];
  for (const [name, level, part] of cases) {
    const { message } = assertThrows(() => compressionChoice(name, level), UsageError);
    assertStringIncludes(message, part);
    assertStringIncludes(message, "--compress-level");
  }
  assertEquals(compressionChoice("zstd", 19).level, 19);
});
