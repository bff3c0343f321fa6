import { clipped } from "../../../protocol/suggest.ts";

/** A place in a configuration as people write it: `apps[1].env.PORT`. */
export function placeOf(path: readonly (string | number)[]): string {
  const parts = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${clipped(part)}`));
  return parts.join("").replace(/^\./, "") || "the whole";
}
