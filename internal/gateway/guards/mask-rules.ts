import type { RE2JS } from "re2js";
import { compilePattern, isPattern } from "./pattern.ts";
import type { Settings } from "./settings.ts";

export interface MaskRule {
  /** Whether a member is meant, by the names that lead to it, its own last; undefined for every value. */
  readonly isField: ((path: readonly string[]) => boolean) | undefined;
  /** The part of a text that is masked; undefined for all of it. */
  readonly pattern: RE2JS | undefined;
  /** Any value of JSON. */
  readonly replacement: unknown;
  /** Characters at the beginning that stay, where the replacement is a text. */
  readonly preserve: number;
}

/** Those of a configuration that can be used: each with a field, a pattern, or both. */
export function maskRulesOf(settings: Settings): readonly MaskRule[] {
  return settings.parts("rules", "field").flatMap((rule) => {
    const isField = fieldTestOf(rule);
    const source = rule.text("valuePattern", undefined);
    const pattern = source === undefined ? undefined : compilePattern(source);
    const isLost = rule.names().includes("valuePattern") && pattern === undefined;
    if (isLost && source !== undefined) rule.refuse("valuePattern");
    // With its pattern lost, a rule of a field masks all of it: too much is masked rather than too little.
    if (isField === undefined && pattern === undefined) return [];
    return [
      {
        isField,
        pattern,
        replacement: rule.value("replacement", "***"),
        preserve: rule.number("preserve", 0, 0, 1_000),
      },
    ];
  });
}

function fieldTestOf(rule: Settings): MaskRule["isField"] {
  const field = rule.text("field", "");
  if (field === "") return undefined;
  if (!isPattern(field)) return pathTest(field);
  const expression = compilePattern(field);
  if (expression !== undefined) return (path) => expression.matcher(path.at(-1) ?? "").find();
  rule.refuse("field");
  return undefined;
}

/** A member of that name, or where it has dots, a member within another one. */
function pathTest(field: string): NonNullable<MaskRule["isField"]> {
  const names = field.split(".");
  return (path) => path.at(-1) === field || (names.length > 1 && endsWith(path, names));
}

function endsWith(path: readonly string[], end: readonly string[]): boolean {
  const from = path.length - end.length;
  return from >= 0 && end.every((name, index) => path[from + index] === name);
}
