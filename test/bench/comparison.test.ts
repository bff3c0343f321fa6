import { expect, describe as group, test } from "vitest";
import { type Comparison, describe, type Goal } from "../../bench/comparison.ts";
import { table, threeFigures } from "../../bench/table.ts";

const COMPARISON: Comparison = {
  title: "calls",
  figures: [{ name: "p50", unit: "µs" }],
  reference: { contender: "peer", figure: "p50" },
  goals: [],
  results: new Map([
    ["xsys", [{ p50: 12 }, { p50: 10 }, { p50: 15 }]],
    ["peer", [{ p50: 10 }, { p50: 10 }, { p50: 10 }]],
  ]),
  absent: ["gone"],
};

function outcomeOf(goal: Omit<Goal, "figure">): string | undefined {
  return describe({ ...COMPARISON, goals: [{ figure: "p50", ...goal }] }).at(-1);
}

group("a comparison", () => {
  test("has a line for each contender, with its median, minimum, maximum and ratio to the reference", () => {
    expect(describe(COMPARISON)).toEqual([
      "calls",
      "      p50, µs    min–max  × peer",
      "xsys     12.0  10.0–15.0    1.20",
      "peer     10.0  10.0–10.0    1.00",
      "gone   absent",
    ]);
  });

  test("shows whether a goal was reached", () => {
    expect(outcomeOf({ contender: "peer", atMost: 1.2 })).toBe("goal: p50 ≤ 1.2 × peer: 1.20, reached");
    expect(outcomeOf({ contender: "peer", atMost: 1.1 })).toBe("goal: p50 ≤ 1.1 × peer: 1.20, MISSED");
    expect(outcomeOf({ contender: "peer", atLeast: 2 })).toBe("goal: p50 ≥ 2 × peer: 1.20, MISSED");
  });

  test("shows whether an absolute goal was reached, in the figure's unit", () => {
    expect(outcomeOf({ atMost: 12 })).toBe("goal: p50 ≤ 12: 12.00, reached");
    expect(outcomeOf({ atMost: 11 })).toBe("goal: p50 ≤ 11: 12.00, MISSED");
  });

  test("names the contender of a goal that is not the default one", () => {
    expect(outcomeOf({ of: "peer", atMost: 10 })).toBe("goal: p50 of peer ≤ 10: 10.00, reached");
    expect(outcomeOf({ of: "peer", contender: "xsys", atMost: 1 })).toBe("goal: p50 of peer ≤ 1 × xsys: 0.83, reached");
  });

  test("has one column without decimals for a number of things, as a range if the samples differ", () => {
    const counted = { ...COMPARISON, figures: [{ name: "p50", isCount: true }], absent: [] };
    expect(describe(counted)).toEqual(["calls", "        p50  × peer", "xsys  10–15    1.20", "peer     10    1.00"]);
  });

  test("compares the worst sample with a goal that must always be reached", () => {
    expect(outcomeOf({ atMost: 12, always: true })).toBe("goal: p50 ≤ 12: 15.00, MISSED");
    expect(outcomeOf({ atLeast: 11, always: true })).toBe("goal: p50 ≥ 11: 10.00, MISSED");
    expect(outcomeOf({ atLeast: 10, always: true })).toBe("goal: p50 ≥ 10: 10.00, reached");
  });

  test("has its promise below the title, and ends with its notes", () => {
    const lines = describe({ ...COMPARISON, promise: "no call is lost", notes: ["peer: exit status 1"] });
    expect([lines[1], lines.at(-1)]).toEqual(["promise: no call is lost", "peer: exit status 1"]);
  });

  test("shows a goal as not measured if its contender is absent", () => {
    expect(outcomeOf({ contender: "gone", atMost: 1.2 })).toBe("goal: p50 ≤ 1.2 × gone: not measured");
  });
});

group("a table", () => {
  test("aligns names left and figures right", () => {
    expect(
      table(
        ["name", "n"],
        [
          ["a", "1,000"],
          ["long name", "2"],
        ],
      ),
    ).toEqual(["name           n", "a          1,000", "long name      2"]);
  });

  test("shows a number with three digits, or its whole integer part", () => {
    expect([0.1234, 1.2345, 12.345, 123.45, 1234.5, 1234567].map(threeFigures)).toEqual([
      "0.12",
      "1.23",
      "12.3",
      "123",
      "1,235",
      "1,234,567",
    ]);
  });
});
