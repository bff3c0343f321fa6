import { beforeEach, describe, expect, test } from "vitest";
import { LoopGuard } from "../../../internal/keeper/restarts/loop-guard.ts";

let now = 0;
let guard: LoopGuard;
beforeEach(() => {
  now = 0;
  guard = new LoopGuard(() => now);
});

/** A restart for these changes, which come `later` after the last one. Returns the pause before it. */
function restart(later: number, ...paths: string[]): number {
  now += later;
  for (const path of paths) guard.add(path);
  const { pause } = guard;
  now += pause;
  guard.begin();
  now += 2_000;
  guard.end();
  return pause;
}

describe("an app that writes a watched file at each start", () => {
  test("is restarted at once four times, and then waits twice as long each time, up to 30 s", () => {
    const pauses = Array.from({ length: 12 }, () => restart(100, "/app/data.json"));
    expect(pauses).toEqual([0, 0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(guard.loopPath).toBe("/app/data.json");
  });

  test("is recognized while it restarts, and if the file has another name each time", () => {
    for (let i = 0; i < 4; i++) restart(100, `/app/data-${i}`);
    guard.add("/app/data-4");
    guard.begin();
    guard.add("/app/data-5");
    expect(guard.loopPath).toBe("/app/data-4");
    expect(guard.pause).toBe(1_000);
  });

  test("a change of another file does not wait", () => {
    for (let i = 0; i < 8; i++) restart(100, "/app/data.json");
    expect(restart(100, "/app/server.js", "/app/data.json")).toBe(0);
    expect(restart(100, "/app/data.json")).toBeGreaterThan(0);
  });

  test("the loop is over when nothing has changed for a minute", () => {
    for (let i = 0; i < 8; i++) restart(100, "/app/data.json");
    now += 61_000;
    expect(guard.loopPath).toBeUndefined();
    expect(restart(0, "/app/data.json")).toBe(0);
    expect(guard.loopPath).toBeUndefined();
  });
});

describe("an app that writes the same file some time after each start", () => {
  test("is slowed down after eight restarts", () => {
    const pauses = Array.from({ length: 12 }, () => restart(10_000, "/app/cache"));
    expect(pauses).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1_000, 1_000, 2_000]);
  });
});

describe("someone who edits", () => {
  test("different files never waits", () => {
    for (let i = 0; i < 30; i++) expect(restart(5_000, `/app/${i}.js`)).toBe(0);
    expect(guard.loopPath).toBeUndefined();
  });

  test("one file every half minute never waits", () => {
    for (let i = 0; i < 30; i++) expect(restart(31_000, "/app/server.js")).toBe(0);
  });
});

test("changes during a restart are kept for the next one", () => {
  guard.add("/a");
  guard.begin();
  expect(guard.pending).toEqual([]);
  guard.add("/b");
  guard.add("/b");
  guard.end();
  expect(guard.pending).toEqual(["/b"]);
});
