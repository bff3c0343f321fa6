/** `part` in percent of `whole`, 0 to 100 with two decimals. 0 when `whole` is 0. */
export function percentOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, twoDecimals((100 * Math.max(0, part)) / whole)) : 0;
}

export function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100;
}
