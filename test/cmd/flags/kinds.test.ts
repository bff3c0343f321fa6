import { expect, test } from "vitest";
import type { Flag } from "../../../cmd/xsys/flags/flag.ts";
import { count, flag, milliseconds, seconds, secondsOrText, size } from "../../../cmd/xsys/flags/kinds.ts";
import { base64Object, list, oneOf, optionalPath } from "../../../cmd/xsys/flags/texts.ts";

const summary = "It.";

const KINDS: Readonly<Record<string, Flag<unknown>>> = {
  flag: flag(summary),
  count: count({ summary, byDefault: 1, least: -20, most: 19 }),
  "count with auto": count({ summary, byDefault: 0, auto: 0 }),
  milliseconds: milliseconds({ summary, byDefault: 1 }),
  seconds: seconds({ summary, byDefault: 1_000 }),
  size: size({ summary, byDefault: 1 }),
  megabytes: size({ summary, byDefault: 1, unit: 1024 ** 2, most: 2 ** 40 }),
  secondsOrText: secondsOrText(summary),
  list: list(summary),
  oneOf: oneOf(summary, ["gzip", "br"], "br"),
  optionalPath: optionalPath(summary),
  base64Object: base64Object(summary),
};

test.each([
  ["flag", "", true],
  ["flag", "TRUE", true],
  ["flag", "0", false],
  ["flag", "yes", undefined],
  ["flag", "constructor", undefined],
  ["count", "-20", -20],
  ["count", "-21", undefined],
  ["count", "1.5", undefined],
  ["count", "0x10", undefined],
  ["count", "", undefined],
  ["count", "auto", undefined],
  ["count with auto", "auto", 0],
  ["count with auto", "-1", 0],
  ["milliseconds", "2592000000", 2_592_000_000],
  ["milliseconds", "31536000001", undefined],
  ["milliseconds", "-1", undefined],
  ["seconds", "2.5", 2_500],
  ["seconds", "0.0001", 1],
  ["seconds", "2592000", 2_592_000_000],
  ["seconds", "31536001", undefined],
  ["seconds", "Infinity", undefined],
  ["size", "64k", 65_536],
  ["size", "10mb", 10_485_760],
  ["size", "k", undefined],
  ["megabytes", "512", 536_870_912],
  ["megabytes", "1g", 1_073_741_824],
  ["secondsOrText", "3600", 3_600],
  ["secondsOrText", "1D", 86_400],
  ["secondsOrText", "1 week", undefined],
  ["list", " a,,b ,", ["a", "b"]],
  ["list", "", []],
  ["oneOf", "GZIP", "gzip"],
  ["oneOf", "zip", undefined],
  ["optionalPath", "", undefined],
  ["base64Object", "e30=", {}],
  ["base64Object", "e30", {}],
  ["base64Object", Buffer.from("true").toString("base64"), {}],
  ["base64Object", Buffer.from("[1]").toString("base64"), undefined],
  ["base64Object", Buffer.from("null").toString("base64"), undefined],
  ["base64Object", "not base64 at all", undefined],
] as const)("%s parses %j as %j", (kind, text, value) => {
  expect(KINDS[kind]?.parse(text)).toEqual(value);
});
