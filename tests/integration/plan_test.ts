import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import fixture from "../fixtures/round_robin_dates.json" with { type: "json" };
import { OLD_POLICY, writeForeignNames, writeOldDestination } from "../support/archives.ts";
import { TODAY } from "../support/program.ts";
import { siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

/** What `plan --json` prints. */
interface PlanJson {
  readonly today: string;
  readonly anchor: unknown;
  readonly keep: readonly { date: string; reasons: string[] }[];
  readonly archives: readonly {
    name: string;
    date: string | null;
    action: string;
    reasons: string[];
  }[];
}

const NAMES = [
  "automated-backup-2026-11-22.tar.bzip2",
  "automated-backup-2026-11-21.tar",
  "automated-backup-2026-11-18",
  "automated-backup-2026-11-17.tar.gz",
  "automated-backup-2026-11-18.txt",
  "latest",
];

const PLANNED = {
  today: "2026-11-22",
  anchor: "2026-11-17",
  archives: [
    { name: NAMES[0], date: "2026-11-22", action: "keep", reasons: ["today"] },
    { name: NAMES[1], date: "2026-11-21", action: "keep", reasons: ["day 1"] },
    { name: NAMES[2], date: "2026-11-18", action: "remove", reasons: [] },
    {
      name: NAMES[3],
      date: "2026-11-17",
      action: "keep",
      reasons: ["week 1", "oldest", "anchor"],
    },
  ],
};

const PLAN = ["plan", "--today=2026-11-22", "--days=1", "--weeks=1", "--months=0", "--years=0"];

function namedPlan(json: string): PlanJson {
  return JSON.parse(json);
}

siteTest("plan --archives FILE: what a prune would do with the names in it", async (site) => {
  await writeTree(site.directory, { "names": `${NAMES.join("\n")}\n` });
  const { code, stdout, stderr } = await site.run([...PLAN, "--archives", "names", "--json"], {
    cwd: site.directory,
  });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const { archives, ...rest } = namedPlan(stdout);
  assertEquals({ ...rest, archives: archives.slice(0, 4) } as unknown, PLANNED);
  assertEquals(
    archives.slice(4).map(({ name, date, action }) => ({ name, date, action })),
    [NAMES[4] ?? "", "latest"].map((name) => ({ name, date: null, action: "ignore" })),
  );
}, ["unprivileged"]);

siteTest("plan --archives -: the names come from standard input", async (site) => {
  const stdin = NAMES.join("\n");
  const { code, stdout } = await site.run([...PLAN, "--archives=-"], { stdin });
  assertEquals(code, 0);
  assertMatch(stdout, /^Plan as of 2026-11-22: .*Tuesday.*\n/);
  assertMatch(stdout, /\nremove +automated-backup-2026-11-18 +no rule holds it\n/);
  assertMatch(stdout, /\n3 kept, 1 removed, 2 ignored\n$/);
}, ["unprivileged"]);

siteTest("plan --archives of a file that is not there: status 2, named", async (site) => {
  const { code, stdout, stderr } = await site.run(["plan", "--archives=/no/such/file"]);
  assertEquals({ code, stdout }, { code: 2, stdout: "" });
  assertStringIncludes(stderr, "/no/such/file");
}, ["unprivileged"]);

siteTest("plan alone: every round-robin date of today, newest first", async (site) => {
  const { code, stdout } = await site.run(["plan", "--json"]);
  assertEquals(code, 0);
  const { today, anchor, keep } = namedPlan(stdout);
  assertEquals([today, anchor], [TODAY.toString(), TODAY.toString()]);
  assertEquals(
    keep.slice(0, 7).map(({ date }) => date),
    [
      ...Array(7).keys(),
    ].map((days) => TODAY.subtract({ days }).toString()),
  );
  assertEquals(keep[0]?.reasons, ["today"]);
  const dates = keep.map(({ date }) => date);
  assertEquals(dates, [...new Set(dates)].sort().reverse());
}, ["unprivileged"]);

siteTest("plan with day of week, month and year: the anchor is those", async (site) => {
  const { stdout } = await site.run([
    ...["plan", "--json", "--today=2026-11-22", "--days=0", "--weeks=1", "--months=1"],
    ...["--years=1", "--day-of-week=3", "--day-of-month=31", "--month-of-year=12"],
  ]);
  assertEquals(namedPlan(stdout) as unknown, {
    today: "2026-11-22",
    anchor: { dayOfWeek: 3, dayOfMonth: 1, monthOfYear: 1 },
    keep: [
      { date: "2026-11-22", reasons: ["today"] },
      { date: "2026-11-18", reasons: ["week 1"] },
      { date: "2026-11-01", reasons: ["month 1"] },
      { date: "2026-01-01", reasons: ["year 1"] },
    ],
  });
}, ["unprivileged"]);

siteTest("plan of a history without gaps keeps the dates of 0.8.4", async (site) => {
  const cases = fixture.cases.filter(({ options: { current_date, anchor_date }, ...rest }) =>
    anchor_date !== undefined && anchor_date < current_date &&
    Object.keys(rest).length === 1
  ).slice(0, 4);
  for (const { options, dates } of cases) {
    const { current_date: today, anchor_date: oldest = "" } = options;
    const names: string[] = [];
    for (
      let date = Temporal.PlainDate.from(oldest);
      Temporal.PlainDate.compare(date, today) <= 0;
      date = date.add({ days: 1 })
    ) names.push(`automated-backup-${date}`);
    const { stdout } = await site.run(
      ["plan", "--json", `--today=${today}`, "--weeks=3", "--archives=-"],
      { stdin: names.join("\n") },
    );
    const { archives } = namedPlan(stdout);
    const kept = archives.filter(({ action }) => action === "keep").map(({ date }) => date ?? "");
    const expected = new Set([...dates.filter((date) => date >= oldest), oldest]);
    assertEquals(kept, [...expected].sort().reverse(), `${oldest} to ${today}`);
  }
  assertEquals(cases.length, 4);
}, ["unprivileged"]);

siteTest("plan DESTINATION: keeps, removes and ignores, and changes nothing", async (site) => {
  const { kept, pruned } = await writeOldDestination(site.destination);
  const foreign = await writeForeignNames(site.destination);
  const before = await site.stateOf(site.destination);
  const plan = ["plan", "--json", ...OLD_POLICY, "destination"];
  const { code, stdout } = await site.run(plan, { cwd: site.directory });
  assertEquals(code, 0);
  const { archives } = namedPlan(stdout);
  const names = (wanted: string) =>
    archives.filter(({ action }) => action === wanted).map(({ name }) => name).sort();
  assertEquals([names("keep"), names("remove"), names("ignore")], [kept, pruned, foreign]);
  assertEquals(await site.stateOf(site.destination), before);
});

siteTest("plan of a destination that is not there: status 1, named", async (site) => {
  const missing = join(site.directory, "missing");
  const { code, stdout, stderr } = await site.run(["plan", missing]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^roundrobinbackup: [^\n]*missing[^\n]*\n$/);
}, ["unprivileged"]);
