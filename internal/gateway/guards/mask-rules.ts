import type { RE2JS } from "re2js";
import { compilePattern, isPattern } from "./pattern.ts";
import type { Settings } from "./settings.ts";

export interface MaskRule {
  /**
   * Whether the rule applies to a member, given the names on its path, its own last; undefined if it applies to all.
   */
  readonly isField: ((path: readonly string[]) => boolean) | undefined;
  /** The part of a text that is masked; undefined for the whole text. */
  readonly pattern: RE2JS | undefined;
  /** Any JSON value. */
  readonly replacement: unknown;
  /** Number of characters at the beginning that are kept, if the replacement is a string. */
  readonly preserve: number;
}

/** The valid rules of a configuration. Each has a field, a pattern, or both. */
export function maskRulesOf(settings: Settings): readonly MaskRule[] {
  return settings.parts("rules", "field").flatMap((rule) => {
    const isField = fieldTestOf(rule);
    const source = rule.text("valuePattern", undefined);
    const pattern = source === undefined ? undefined : compilePattern(source);
    const isInvalid = rule.names().includes("valuePattern") && pattern === undefined;
    if (isInvalid && source !== undefined) rule.refuse("valuePattern");
    // If the pattern is invalid, a rule with a field masks the whole field, so that nothing stays visible by mistake.
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

/** Matches a member by name, or by a path of names separated by dots. */
function pathTest(field: string): NonNullable<MaskRule["isField"]> {
  const names = field.split(".");
  return (path) => path.at(-1) === field || (names.length > 1 && endsWith(path, names));
}

function endsWith(path: readonly string[], end: readonly string[]): boolean {
  const from = path.length - end.length;
  return from >= 0 && end.every((name, index) => path[from + index] === name);
}
