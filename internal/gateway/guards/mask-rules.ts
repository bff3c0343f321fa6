import type { RE2JS } from "re2js";
import { compilePattern } from "./pattern.ts";
import type { Settings } from "./settings.ts";

export interface MaskRule {
  /** Names that lead to the value, the last one its own; empty for any. */
  readonly path: readonly string[];
  /** The part of a text that is masked; undefined for all of it. */
  readonly pattern: RE2JS | undefined;
  readonly replacement: string;
  /** Characters at the end that stay. */
  readonly preserve: number;
}

/** Those of a configuration that can be used: each with a field, a pattern, or both. */
export function maskRulesOf(settings: Settings): readonly MaskRule[] {
  return settings.parts("rules", "field").flatMap((rule) => {
    const field = rule.text("field", "");
    const source = rule.text("valuePattern", undefined);
    const pattern = source === undefined ? undefined : compilePattern(source);
    const isLost = rule.names().includes("valuePattern") && pattern === undefined;
    if (isLost && source !== undefined) rule.refuse("valuePattern");
    // With its pattern lost, a rule of a field masks all of it: too much is masked rather than too little.
    if (field === "" && pattern === undefined) return [];
    const replacement = rule.text("replacement", "***");
    return [
      {
        path: field === "" ? [] : field.split("."),
        pattern,
        replacement,
        preserve: rule.number("preserve", 0, 0, 1_000),
      },
    ];
  });
}
