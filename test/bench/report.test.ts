import { expect, test } from "vitest";
import type { Comparison } from "../../bench/comparison.ts";
import { chart } from "../../bench/report/chart.ts";
import { markdown } from "../../bench/report/markdown.ts";
import { measuredNow } from "../../bench/report/measured.ts";

const comparison: Comparison = {
  title: "speed & size",
  figures: [{ name: "time", unit: "ms" }, { name: "failed" }],
  reference: { contender: "peer", figure: "time" },
  goals: [
    { figure: "time", contender: "peer", atMost: 0.5 },
    { figure: "time", contender: "absent", atMost: 0.5 },
    { figure: "time", atLeast: 4 },
    { figure: "failed", atMost: 0 },
  ],
  results: new Map([
    ["xsys", [{ time: 2, failed: 0 }]],
    ["peer", [{ time: 8, failed: 3 }]],
  ]),
  absent: ["absent"],
};
const measured = measuredNow("a machine", [comparison]);

test("a bench's measurements are stored with the outcomes of its goals", () => {
  expect(measured.outcomes).toEqual([
    { what: "time ÷ peer", value: 0.25, atMost: 0.5 },
    { what: "time", value: 2, atLeast: 4 },
    { what: "failed", value: 0, atMost: 0 },
  ]);
  expect(measured.texts[0]).toContain("goal: time ≤ 0.5 × peer: 0.25, reached");
});

test("the page shows each bench with its date, its machine and its tables", () => {
  expect(markdown({ speed: measured })).toContain(`## speed\n\n${measured.date}, a machine\n\n\`\`\`\nspeed & size\n`);
});

test("the chart has a bar for each goal with a non-zero limit, coloured by whether the goal was reached", () => {
  const svg = chart({ "a<b": measured });
  expect(svg.match(/fill="#3a8f5c"/g)).toHaveLength(1);
  expect(svg.match(/fill="#c0603f"/g)).toHaveLength(1);
  expect(svg).toContain(">a&lt;b: time ÷ peer</text>");
});
