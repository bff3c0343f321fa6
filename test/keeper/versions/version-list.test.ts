import { describe, expect, test } from "vitest";
import type { AppSpec } from "../../../internal/keeper/app-spec.ts";
import type { Outcome, Version } from "../../../internal/keeper/versions/version.ts";
import { currentOf, earlierVersion, withOutcome, withRetried } from "../../../internal/keeper/versions/version-list.ts";
import { appSpec } from "../support/app-spec.ts";

const spec = (word: string, more: Partial<AppSpec> = {}) => appSpec("web", { command: ["/bin/web", word], ...more });

function outcome(word: string, failure?: string): Outcome {
  return { time: 1, spec: spec(word), files: {}, ...(failure !== undefined && { failure }) };
}

/** Versions after these starts, each of which was made while the one before was current if it was good. */
function versionsOf(...starts: readonly (readonly [word: string, failure?: string])[]): readonly Version[] {
  let versions: readonly Version[] = [];
  let running: AppSpec | undefined;
  for (const [word, failure] of starts) {
    const current = running && currentOf(versions, running);
    versions = withOutcome(versions, current, outcome(word, failure));
    if (failure === undefined) running = spec(word);
  }
  return versions;
}

const summary = (versions: readonly Version[]) =>
  versions.map(({ number, spec: { command }, failure }) => `${number} ${command[1]}${failure ? " failed" : ""}`);

describe("a start", () => {
  test("of another description is a new version, also if there was one with it before", () => {
    expect(summary(versionsOf(["a"], ["b"], ["a"]))).toEqual(["1 a", "2 b", "3 a"]);
  });

  test("of the current version makes no new one, and it stays good whatever happens", () => {
    expect(summary(versionsOf(["a"], ["b", "exited"], ["a"], ["a", "exited"]))).toEqual(["1 a", "2 b failed"]);
  });

  test("of the version that failed last repeats it", () => {
    expect(summary(versionsOf(["a"], ["b", "exited"], ["b"]))).toEqual(["1 a", "2 b"]);
    expect(versionsOf(["a"], ["b", "one"], ["b", "two"])[1]).toMatchObject({ number: 2, failure: "two" });
  });

  test("with another number of clones is the same version", () => {
    const versions = withOutcome(versionsOf(["a"]), undefined, { ...outcome("a"), spec: spec("a", { clones: 7 }) });
    expect(versions).toHaveLength(1);
  });
});

test("the latest ten are kept, and of the good ones the last two", () => {
  const failing = Array.from({ length: 12 }, (_, index) => [`f${index}`, "exited"] as const);
  const kept = summary(versionsOf(["a"], ["b"], ["c"], ...failing));
  expect(kept).toHaveLength(10);
  expect(kept.slice(0, 3)).toEqual(["2 b", "3 c", "8 f4 failed"]);
  expect(kept.at(-1)).toBe("15 f11 failed");
});

describe("the version to return to", () => {
  const versions = versionsOf(["a"], ["b"], ["c", "exited"], ["d"]);

  test("is the last good one before the current one", () => {
    expect(earlierVersion(versions, spec("d")).number).toBe(2);
    expect(earlierVersion(versions, spec("b")).number).toBe(1);
  });

  test("is the last good one if what should run is not among them", () => {
    expect(earlierVersion(versions, spec("unknown")).number).toBe(4);
  });

  test("is the one that is asked for", () => {
    expect(earlierVersion(versions, spec("d"), 3).number).toBe(3);
  });

  test("may not exist, which names those that do", () => {
    expect(() => earlierVersion(versions, spec("d"), 9)).toThrow(/web has no version 9: its versions are 1, 2, 3, 4$/);
    expect(() => earlierVersion(versions, spec("a"))).toThrow(/web has no good version before the current one/);
    expect(() => earlierVersion([], spec("a"))).toThrow(/web has no good version before the current one$/);
  });
});

test("a version that failed and was retried is good when it runs", () => {
  const versions = versionsOf(["a", "no database"]);
  expect(withRetried(versions, spec("a"))).toEqual([{ ...outcome("a"), number: 1 }]);
  expect(withRetried(versions, spec("b"))).toBe(versions);
});
