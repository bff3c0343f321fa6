/** The order that `sort()` has without a comparator, the same in every locale: for things sorted by their path. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
