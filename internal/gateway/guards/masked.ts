import type { RE2JS } from "re2js";
import type { MaskRule } from "./mask-rules.ts";

/** Replacement for a masked list or object. Source: XyPriss's documentation. */
const HIDDEN_OBJECT = "[HIDDEN OBJECT]";

/**
 * Masks a JSON text by the rules, down to `maxDepth` levels. Returns the same text if nothing is masked, and undefined
 * if it is not JSON.
 * @throws RangeError if the JSON is nested thousands of levels deep and has numbers whose exact text must be kept
 */
export function masked(json: string, rules: readonly MaskRule[], maxDepth: number): string | undefined {
  const root = parsed(json.startsWith(BYTE_ORDER_MARK) ? json.slice(1) : json);
  if (root === NOT_JSON) return undefined;
  const walk = new Walk(rules, maxDepth);
  const result = walk.maskedMember(root, [], 0);
  return walk.hasChanged ? JSON.stringify(result) : json;
}

const BYTE_ORDER_MARK = "\ufeff";
const NOT_JSON = Symbol("not JSON");

function parsed(json: string): unknown {
  try {
    return parseExactly(json);
  } catch (error) {
    if (error instanceof SyntaxError) return NOT_JSON;
    throw error;
  }
}

/** Keeps the exact text of numbers that JavaScript cannot represent. */
function parseExactly(json: string): unknown {
  if (!/\d{16}|\d[eE.]/.test(json)) return JSON.parse(json);
  return JSON.parse(json, (_, value: unknown, context?: { source?: string }) => {
    if (typeof value !== "number" || context?.source === undefined || String(value) === context.source) return value;
    return RAW.rawJSON(context.source);
  });
}

/** In Node since 21, but not yet in TypeScript's types. */
const RAW = JSON as unknown as { rawJSON(source: string): object; isRawJSON(value: unknown): boolean };

class Walk {
  hasChanged = false;
  /** Rules for whole members take precedence over those for parts of texts. */
  readonly #fieldRules: readonly MaskRule[];
  readonly #patternRules: readonly MaskRule[];
  readonly #maxDepth: number;

  constructor(rules: readonly MaskRule[], maxDepth: number) {
    this.#fieldRules = rules.filter(({ pattern }) => pattern === undefined);
    this.#patternRules = rules.filter(({ pattern }) => pattern !== undefined);
    this.#maxDepth = maxDepth;
  }

  /** Masks the value at a path of names. Rules are matched once per path, not once per item of a list. */
  maskedMember(value: unknown, path: readonly string[], depth: number): unknown {
    if (value === null) return value;
    const rule = path.length === 0 ? undefined : this.#fieldRules.find(({ isField }) => isField?.(path));
    if (rule !== undefined) {
      this.hasChanged = true;
      return isScalar(value) ? mask(textOf(value), rule) : HIDDEN_OBJECT;
    }
    const rules = this.#patternRules.filter(({ isField }) => isField?.(path) !== false);
    return this.#maskedValue(value, path, depth, rules);
  }

  /** Masks a member's value, or an item of a list in it; `rules` are the pattern rules that apply to the path. */
  #maskedValue(value: unknown, path: readonly string[], depth: number, rules: readonly MaskRule[]): unknown {
    if (value === null) return value;
    if (isScalar(value)) return this.#withPartsMasked(value, rules);
    if (depth >= this.#maxDepth) return value;
    if (Array.isArray(value)) return value.map((item) => this.#maskedValue(item, path, depth + 1, rules));
    const entries = Object.entries(value as object).map(([name, member]) => {
      return [name, this.maskedMember(member, [...path, name], depth + 1)] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Applies the pattern rules one after the other. */
  #withPartsMasked(value: unknown, rules: readonly MaskRule[]): unknown {
    let result = value;
    for (const rule of rules) {
      if (!isScalar(result)) break;
      const before = textOf(result);
      const after = replaced(before, rule.pattern as RE2JS, rule);
      if (after === before) continue;
      this.hasChanged = true;
      result = after;
    }
    return result;
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || RAW.isRawJSON(value);
}

/** The text of a scalar. */
function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A text that is not longer than `preserve` is masked completely. */
function mask(text: string, { replacement, preserve }: MaskRule): unknown {
  if (typeof replacement !== "string" || preserve === 0 || text.length <= preserve) return replacement;
  return beginning(text, preserve) + replacement;
}

/** Does not cut a surrogate pair. */
function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** A replacement that is not a string replaces a whole value as it is, and a part of one as JSON text. */
function replaced(text: string, pattern: RE2JS, rule: MaskRule): unknown {
  const matcher = pattern.matcher(text);
  let result = "";
  let from = 0;
  while (matcher.find()) {
    if (matcher.start() === matcher.end()) continue;
    const made = mask(text.slice(matcher.start(), matcher.end()), rule);
    if (matcher.end() - matcher.start() === text.length) return made;
    result += text.slice(from, matcher.start()) + (typeof made === "string" ? made : JSON.stringify(made));
    from = matcher.end();
  }
  return result + text.slice(from);
}
