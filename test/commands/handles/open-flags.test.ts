import { constants } from "node:fs";
import { expect, test } from "vitest";
import { openFlags } from "../../../internal/commands/handles/shared/open-flags.ts";

const { O_APPEND, O_CREAT, O_DSYNC, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } =
  constants;
const ALWAYS = O_NOCTTY | O_NONBLOCK;

test.each([
  ["r", 0, 0],
  ["r+", 2, O_RDWR],
  ["rs+", 4098, O_RDWR | O_DSYNC],
  ["w", 577, O_WRONLY | O_CREAT | O_TRUNC],
  ["wx", 193, O_WRONLY | O_CREAT | O_EXCL],
  ["w+", 578, O_RDWR | O_CREAT | O_TRUNC],
  ["wx+", 194, O_RDWR | O_CREAT | O_EXCL],
  ["a", 1089, O_WRONLY | O_CREAT | O_APPEND],
  ["ax", 1217, O_WRONLY | O_CREAT | O_EXCL | O_APPEND],
  ["a+", 1090, O_RDWR | O_CREAT | O_APPEND],
  ["ax+", 1218, O_RDWR | O_CREAT | O_EXCL | O_APPEND],
] as const)("%s equals XyPriss's %i on every platform", (word, number, native) => {
  expect(openFlags(word)).toEqual(openFlags(number));
  expect(openFlags(number).native).toBe(native | ALWAYS);
});

test.each([
  [0o4010002, O_RDWR | O_SYNC],
  [0o400000, O_NOFOLLOW],
  [0o2004400, 0],
])("0o%s (octal) is accepted", (number, native) => {
  expect(openFlags(number).native).toBe(native | ALWAYS);
});

test.each([
  [3, "the access mode"],
  [0o40000, "unknown bits 0o40000"],
  [0o200000, "unknown bits 0o200000"],
  [0o20200000, "unknown bits 0o20200000"],
  [0o4000000, "unknown bits 0o4000000"],
])("%i is refused", (number, why) => {
  expect(() => openFlags(number)).toThrow(why);
});
