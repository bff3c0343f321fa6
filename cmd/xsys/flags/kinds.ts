import { parseSize } from "../../../protocol/contract/quantities.ts";
import type { Flag } from "./flag.ts";

interface Range {
  readonly summary: string;
  readonly byDefault: number;
  readonly least?: number;
  readonly most?: number;
  /** Text for the default, if the number does not explain it. */
  readonly shownDefault?: string;
}

/** On or off: without a value, or `true`, `false`, `1`, `0`. */
export function flag(summary: string, byDefault = false): Flag<boolean> {
  return {
    summary,
    kind: "flag",
    takes: "",
    mustBe: "true or false, or given without a value",
    byDefault,
    shownDefault: String(byDefault),
    parse: (text) => FLAG_WORDS.get(text.toLowerCase()),
  };
}

const FLAG_WORDS: ReadonlyMap<string, boolean> = new Map([
  ["", true],
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** A whole number. With `auto`, the word `auto` and -1 (which XyPriss sends for it) give that value. */
export function count({ auto, ...range }: Range & { readonly auto?: number }): Flag<number> {
  const flag = numeric(range, "number", auto === undefined ? "" : ", or auto", wholeNumber);
  if (auto === undefined) return flag;
  return { ...flag, parse: (text) => (/^(auto|-1)$/.test(text) ? auto : flag.parse(text)) };
}

/** A whole number without a default. */
export function optionalCount(
  range: Omit<Range, "byDefault"> & { readonly shownDefault: string },
): Flag<number | undefined> {
  return { ...count({ ...range, byDefault: 0 }), byDefault: undefined };
}

/** Milliseconds. */
export function milliseconds(range: Range): Flag<number> {
  return numeric({ most: LONGEST, ...range }, "milliseconds", "", wholeNumber);
}

/** Seconds, possibly with a fraction. The value, the default and the range are in milliseconds. */
export function seconds({ byDefault, least = 0, most = LONGEST, ...rest }: Range): Flag<number> {
  const inSeconds = { ...rest, byDefault: byDefault / 1000, least: least / 1000, most: most / 1000 };
  const { parse, ...other } = numeric(inSeconds, "seconds", "", (text) =>
    /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined,
  );
  return { ...other, byDefault, parse: (text) => timesThousand(parse(text)) };
}

/** Milliseconds: 365 days. */
const LONGEST = 31_536_000_000;

function timesThousand(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.ceil(value * 1000);
}

/** A size such as `64m`, or a plain number, whose unit is `unit`. The value, the default and the range are in bytes. */
export function size({ unit = 1, ...range }: Range & { readonly unit?: number }): Flag<number> {
  const takes = unit === 1 ? "bytes" : "megabytes";
  return numeric(range, takes, ", such as 1024 or 64m", (text) => parseSize(text, unit));
}

/** A duration in seconds: a plain number, or a text such as `90s`, `15m`, `12h`, `1d`. */
export function secondsOrText(summary: string): Flag<number | undefined> {
  return {
    summary,
    kind: "value",
    takes: "seconds",
    mustBe: "a number of seconds, or a duration such as 15m, 12h, 1d or 1y",
    byDefault: undefined,
    shownDefault: "none",
    parse: (text) => {
      const [, digits, letter = ""] = /^(\d{1,10})\s*(|s|m|h|d|w|y)$/i.exec(text) ?? [];
      return digits === undefined ? undefined : Number(digits) * (SECONDS_OF[letter.toLowerCase()] ?? 1);
    },
  };
}

/** A year is 365.25 days, as in the `ms` library, whose syntax applications use for durations. */
const SECONDS_OF: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_557_600 };

function numeric(
  { summary, byDefault, least = 0, most = 1_000_000_000, shownDefault = String(byDefault) }: Range,
  takes: string,
  more: string,
  parse: (text: string) => number | undefined,
): Flag<number> {
  return {
    summary,
    kind: "value",
    takes,
    mustBe: `a ${takes === "seconds" ? "" : "whole "}number from ${least} to ${most}${more}`,
    byDefault,
    shownDefault,
    parse: (text) => {
      const value = parse(text);
      return value !== undefined && value >= least && value <= most ? value : undefined;
    },
  };
}

function wholeNumber(text: string): number | undefined {
  return /^-?\d{1,12}$/.test(text) ? Number(text) : undefined;
}
