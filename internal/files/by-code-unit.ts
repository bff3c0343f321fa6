/** The default order of `sort()`, independent of the locale. Used for sorting by path. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
