import { expect, test } from "vitest";
import { formatNumber } from "../../../cmd/xsys/print/units.ts";

test.each([
  [0, "bytes", "0 B"],
  [1023, "bytes", "1023 B"],
  [1024, "bytes", "1.00 KB"],
  [1536, "bytes", "1.50 KB"],
  [1024 ** 2 - 1, "bytes", "1.00 MB"],
  [123_456_789, "bytes", "117.74 MB"],
  [2 ** 70, "bytes", "1024.00 EB"],
  [2048, "bytes/s", "2.00 KB/s"],
  [0.5, "bytes/s", "0.5 B/s"],
  [42, "seconds", "42 s"],
  [12.345, "seconds", "12.35 s"],
  [60, "seconds", "00:01:00"],
  [86_399, "seconds", "23:59:59"],
  [273_906, "seconds", "3d 04:05:06"],
  [12.34, "percent", "12.3%"],
  [100, "percent", "100.0%"],
  [2399.6, "MHz", "2400 MHz"],
  [1.25, "milliseconds", "1.25 ms"],
  [0o644, "mode", "rw-r--r--"],
  [0o4755, "mode", "rwsr-xr-x"],
  [0o2644, "mode", "rw-r-Sr--"],
  [0o1777, "mode", "rwxrwxrwt"],
  [0o1000, "mode", "--------T"],
  [7, undefined, "7"],
  [-1, undefined, "-1"],
  [0, undefined, "0"],
  [2.345678, undefined, "2.35"],
  [0.00123, undefined, "0.0012"],
  [9_007_199_254_740_991, undefined, "9007199254740991"],
] as const)("%d in %s is printed as %s", (value, unit, expected) => {
  expect(formatNumber(value, unit)).toBe(expected);
});

test("times are printed in local time", () => {
  const time = new Date(2026, 10, 20, 6, 15, 33).getTime();
  expect(formatNumber(time / 1000, "unix-seconds")).toBe("2026-11-20 06:15:33");
  expect(formatNumber(time + 7, "unix-milliseconds")).toBe("2026-11-20 06:15:33.007");
});

test("a time outside the calendar's range is printed as its number", () => {
  expect(formatNumber(1e15, "unix-seconds")).toBe("1000000000000000000");
});
