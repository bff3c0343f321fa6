import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { BoundedWarnings } from "../../../internal/gateway/observe/bounded-warnings.ts";
import { fakeLog } from "../fake-log.ts";

test("the first warning of each kind is logged at once, and the others of the interval are counted", () => {
  const { log, lines } = fakeLog();
  const warnings = new BoundedWarnings(log);
  for (let time = 0; time < 1_000; time++) {
    warnings.warn("a", { time }, "of kind a");
    warnings.warn("b", { time }, "of kind b");
  }
  expect(lines).toEqual([
    { level: "warn", time: 0, msg: "of kind a" },
    { level: "warn", time: 0, msg: "of kind b" },
  ]);
});

test("the first warning of the next interval has the number of those that were counted", async () => {
  const { log, lines } = fakeLog();
  const warnings = new BoundedWarnings(log, 1);
  warnings.warn("a", {}, "one");
  const before = lines.length;
  let count = 0;
  while (lines.length === before) {
    warnings.warn("a", {}, "one");
    if (lines.length === before) count += 1;
    else break;
    if (count % 100 === 0) await sleep(1);
  }
  expect(lines.at(-1)).toEqual({ level: "warn", msg: "one", ...(count > 0 && { more: count }) });
});

test("kinds that have not occurred for a long time make room for new ones", async () => {
  const { log, lines } = fakeLog();
  const warnings = new BoundedWarnings(log, 1);
  for (let kind = 0; kind < 200; kind++) warnings.warn(String(kind), {}, "early");
  await sleep(5);
  for (const kind of ["new", "newer"]) warnings.warn(kind, {}, kind);
  expect(lines.slice(-2)).toEqual([
    { level: "warn", msg: "new" },
    { level: "warn", msg: "newer" },
  ]);
});

test("above a maximum number, all further kinds are treated as one", () => {
  const { log, lines } = fakeLog();
  const warnings = new BoundedWarnings(log);
  for (let kind = 0; kind < 10_000; kind++) warnings.warn(String(kind), {}, "one");
  expect(lines.length).toBeLessThan(300);
});
