import { describe, expect, test } from "vitest";
import { momentOf } from "../../../internal/apps/log/moment.ts";

const NOW = Date.parse("2026-11-30T17:00:00Z");

describe("a moment", () => {
  test.for([
    ["90s", NOW - 90_000],
    ["10m", NOW - 600_000],
    ["1.5h", NOW - 5_400_000],
    ["1d", NOW - 86_400_000],
    ["2w", NOW - 1_209_600_000],
    ["2026-11-30T16:00:00.5Z", NOW - 3_599_500],
    ["2026-11-30T17:00+02:00", NOW - 7_200_000],
    ["2026-11-30", new Date(2026, 10, 30).getTime()],
    ["2026-11-30 08:30", new Date(2026, 10, 30, 8, 30).getTime()],
  ] as const)("can be %s", ([text, time]) => {
    expect(momentOf(text, "since", NOW)).toBe(time);
  });

  test.for(["", "10", "m", "-1m", "10x", "yesterday", "2026", "2026-13-01", "2026-11-30T25:00", "30/11/2026"])(
    "cannot be %j",
    (text) => {
      const error = { code: "INVALID_PARAMS", message: expect.stringContaining("since must be a time such as 10m") };
      expect(() => momentOf(text, "since", NOW)).toThrow(expect.objectContaining(error));
    },
  );
});
