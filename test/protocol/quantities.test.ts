import { expect, test } from "vitest";
import { parseDuration, parseSize } from "../../protocol/contract/quantities.ts";

test.each([
  ["1024", 1024],
  ["64k", 65_536],
  ["100M", 104_857_600],
  ["1GB", 1_073_741_824],
  ["1.5G", undefined],
  ["-1", undefined],
  ["G", undefined],
])("the size %s is %s bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ["5000", 5_000],
  ["500ms", 500],
  ["2.5s", 2_500],
  ["0.1ms", 1],
  ["10 m", 600_000],
  ["1h", 3_600_000],
  ["1d", 86_400_000],
  ["1w", 604_800_000],
  ["", undefined],
  ["1y", undefined],
  ["-1s", undefined],
  ["1e3", undefined],
])("the duration %j is %s ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});
