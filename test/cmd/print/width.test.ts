import { expect, test } from "vitest";
import { cut, widthOf } from "../../../cmd/xsys/print/width.ts";

test.each([
  ["", 0],
  ["plain", 5],
  ["größe", 5],
  ["e\u0301", 1],
  ["日本", 4],
  ["한글", 4],
  ["ｱ", 1],
  ["Ａ", 2],
  ["☀", 1],
  ["☀\ufe0f", 2],
  ["1\ufe0f\u20e3", 2],
  ["🎉", 2],
  ["👨‍👩‍👧", 2],
  ["🇩🇪", 2],
  ["\u200b", 0],
])("%j takes %d columns", (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test.each([
  ["notes.txt", 9, "notes.txt"],
  ["notes.txt", 8, "notes.t…"],
  ["日本語", 6, "日本語"],
  ["日本語", 5, "日本…"],
  ["日本語", 4, "日…"],
  ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ["👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"],
])("%j cut to %d columns is %j", (text, columns, expected) => {
  expect(cut(text, columns)).toBe(expected);
});
