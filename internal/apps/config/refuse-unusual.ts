import { XsysError } from "../../../protocol/errors.ts";
import { placeOf } from "./place-of.ts";

const MAX_DEPTH = 32;
const MAX_VALUES = 200_000;
/** Assigning these changes an object's type, so no configuration has them by mistake. */
const REFUSED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Refuses what no configuration has, before anything reads it: deep nesting, values without end, names that change an
 * object's type.
 * @throws INVALID_DATA
 */
export function refuseUnusual(contents: unknown, file: string): void {
  let values = 0;
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    values++;
    if (values > MAX_VALUES) throw invalid(file, `has more than ${MAX_VALUES} values`);
    if (path.length > MAX_DEPTH) throw invalid(file, `has values more than ${MAX_DEPTH} levels deep`);
    if (typeof value === "number" && !Number.isFinite(value)) throw invalid(file, `: ${placeOf(path)} must be finite`);
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      const place = [...path, Array.isArray(value) ? Number(name) : name];
      if (REFUSED.has(name)) throw invalid(file, `: the name ${placeOf(place)} is not allowed`);
      visit(inner, place);
    }
  };
  visit(contents, []);
}

function invalid(file: string, what: string): XsysError {
  return new XsysError("INVALID_DATA", `the configuration ${file}${what.startsWith(":") ? "" : " "}${what}`);
}
