import type { Change } from "../../../watching/change.ts";
import { hexPath, shownPath } from "../../../watching/names.ts";

interface Bytes {
  readonly path_hex?: string;
  readonly from_hex?: string;
}

/**
 * Prepares a change for sending: with its paths as valid text, and their bytes in hexadecimal if they are not UTF-8.
 */
export function sentChange<C extends Change>(change: C): C & Bytes {
  const path_hex = "path" in change ? hexPath(change.path) : undefined;
  const from_hex = "from" in change ? hexPath(change.from) : undefined;
  if (path_hex === undefined && from_hex === undefined) return change;
  return {
    ...change,
    ...("path" in change && { path: shownPath(change.path) }),
    ...("from" in change && { from: shownPath(change.from) }),
    ...(path_hex !== undefined && { path_hex }),
    ...(from_hex !== undefined && { from_hex }),
  };
}
