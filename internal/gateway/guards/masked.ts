import type { RE2JS } from "re2js";
import type { MaskRule } from "./mask-rules.ts";

/** A text of JSON with what the rules name masked, down to `maxDepth` levels; the same text when it is no JSON. */
export function masked(json: string, rules: readonly MaskRule[], maxDepth: number): string {
  let root: unknown;
  try {
    root = parseExactly(json);
  } catch {
    return json;
  }
  const walk = new Walk(rules, maxDepth);
  const result = walk.maskedValue(root, []);
  return walk.hasChanged ? JSON.stringify(result) : json;
}

/** Numbers that JavaScript cannot hold stay as they were written. */
function parseExactly(json: string): unknown {
  if (!/\d{16}|\d[eE.]/.test(json)) return JSON.parse(json);
  return JSON.parse(json, (_, value: unknown, context?: { source?: string }) => {
    if (typeof value !== "number" || context?.source === undefined || String(value) === context.source) return value;
    return RAW.rawJSON(context.source);
  });
}

/** In Node since 21, not yet among TypeScript's types. */
const RAW = JSON as unknown as { rawJSON(source: string): object; isRawJSON(value: unknown): boolean };

class Walk {
  hasChanged = false;
  readonly #rules: readonly MaskRule[];
  readonly #maxDepth: number;

  constructor(rules: readonly MaskRule[], maxDepth: number) {
    this.#rules = rules;
    this.#maxDepth = maxDepth;
  }

  /** Of the value at the end of a path of names; lists have none. */
  maskedValue(value: unknown, path: readonly string[], depth = 0): unknown {
    if (value === null) return value;
    for (const rule of this.#rules) {
      if (!endsWith(path, rule.path)) continue;
      if (rule.path.length > 0 && rule.pattern === undefined) return this.#changed(maskOf(value, rule));
      if (rule.pattern === undefined || !isScalar(value)) continue;
      const before = RAW.isRawJSON(value) ? JSON.stringify(value) : String(value);
      const after = replaced(before, rule.pattern, rule);
      if (after !== before) return this.#changed(after);
    }
    if (isScalar(value) || depth >= this.#maxDepth) return value;
    return this.#maskedWithin(value as object, path, depth + 1);
  }

  #maskedWithin(parent: object, path: readonly string[], depth: number): unknown {
    if (Array.isArray(parent)) return parent.map((item) => this.maskedValue(item, path, depth));
    const entries = Object.entries(parent).map(([name, value]) => {
      return [name, this.maskedValue(value, [...path, name], depth)] as const;
    });
    return Object.fromEntries(entries);
  }

  #changed(value: unknown): unknown {
    this.hasChanged = true;
    return value;
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || RAW.isRawJSON(value);
}

function endsWith(path: readonly string[], end: readonly string[]): boolean {
  const from = path.length - end.length;
  return from >= 0 && end.every((name, index) => path[from + index] === name);
}

function maskOf(value: unknown, rule: MaskRule): string {
  if (!isScalar(value)) return rule.replacement;
  return mask(typeof value === "object" ? JSON.stringify(value) : String(value), rule);
}

/** What is no longer than what is to stay is masked whole. */
function mask(text: string, { replacement, preserve }: MaskRule): string {
  return preserve > 0 && text.length > preserve ? replacement + text.slice(-preserve) : replacement;
}

function replaced(text: string, pattern: RE2JS, rule: MaskRule): string {
  const matcher = pattern.matcher(text);
  let result = "";
  let from = 0;
  while (matcher.find()) {
    if (matcher.start() === matcher.end()) continue;
    result += text.slice(from, matcher.start()) + mask(text.slice(matcher.start(), matcher.end()), rule);
    from = matcher.end();
  }
  return result + text.slice(from);
}
