/** Imported at first use: loading takes 9 ms, and Linux does not need it. */
export function systeminformation() {
  return import("./library.ts");
}

/** A non-negative integer. The library returns null, NaN or a fraction when a platform does not report a value. */
export function whole(value: unknown): number {
  const number = Math.round(Number(value));
  return Number.isFinite(number) && number > 0 ? number : 0;
}
