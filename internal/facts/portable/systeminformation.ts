/** Loaded at its first use: 9 ms, of no use on Linux. */
export function systeminformation() {
  return import("./library.ts");
}

/** A number as the contracts want it: the library has null, NaN and fractions where a platform tells nothing. */
export function whole(value: unknown): number {
  const number = Math.round(Number(value));
  return Number.isFinite(number) && number > 0 ? number : 0;
}
