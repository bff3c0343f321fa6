import { parseDuration, parseSize } from "../../protocol/contract/quantities.ts";
import { XsysError } from "../../protocol/errors.ts";
import { clipped } from "../../protocol/suggest.ts";

/** Milliseconds: 365 days. */
const LONGEST = 31_536_000_000;

/** @throws INVALID_PARAMS */
export function durationOf(name: string, value: number | string): number {
  const milliseconds = typeof value === "string" ? parseDuration(value) : value;
  if (isWithin(milliseconds, 0, LONGEST)) return Math.ceil(milliseconds);
  throw mustBe(name, `a duration from 0 to 365 days, as a number of milliseconds or such as 500ms, 30s, 5m`, value);
}

/** @throws INVALID_PARAMS */
export function sizeOf(name: string, value: number | string, least: number): number {
  const bytes = typeof value === "string" ? parseSize(value) : value;
  if (isWithin(bytes, least, Number.MAX_SAFE_INTEGER) && Number.isInteger(bytes)) return bytes;
  throw mustBe(name, `a size of at least ${least} bytes, such as 104857600, 100M or 1G`, value);
}

/** @throws INVALID_PARAMS */
export function percentOf(name: string, value: number | string): number {
  const percent = typeof value === "string" ? Number(/^(\d{1,6}(?:\.\d{1,3})?)\s*%?$/.exec(value)?.[1]) : value;
  if (isWithin(percent, 1, 100_000)) return percent;
  throw mustBe(name, "a percentage of one CPU, from 1 to 100000", value);
}

/** A number, or a text of one as it comes from a command line or a configuration in YAML. @throws INVALID_PARAMS */
export function wholeNumber(name: string, value: number | string, least: number, most: number): number {
  const number = typeof value === "string" && /^-?\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && isWithin(number, least, most)) return number;
  throw mustBe(name, `a whole number from ${least} to ${most}`, value);
}

/** A property that is absent if there is no value. */
export function optional<N extends string, V, R>(
  name: N,
  value: V | undefined,
  read: (value: V) => R,
): { readonly [K in N]?: R } {
  return value === undefined ? {} : ({ [name]: read(value) } as { readonly [K in N]?: R });
}

export function mustBe(name: string, what: string, value: unknown): XsysError {
  return new XsysError("INVALID_PARAMS", `${name} must be ${what}, not ${shown(value)}`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(clipped(value)) : String(value);
}

function isWithin(value: number | undefined, least: number, most: number): value is number {
  return value !== undefined && value >= least && value <= most;
}
