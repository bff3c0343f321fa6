import type { RE2JS } from "re2js";
import type { MaskRule } from "./mask-rules.ts";

/** What stands for a list or an object that a rule masks. Source: XyPriss's documentation. */
const HIDDEN_OBJECT = "[HIDDEN OBJECT]";

/**
 * A text of JSON with what the rules name masked, down to `maxDepth` levels; the same text where nothing is masked, and
 * undefined when it is no JSON.
 * @throws RangeError where numbers have to stay as they were written, and lists are nested thousands of levels deep
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
  /** Rules for whole members come before those for parts of texts. */
  readonly #fieldRules: readonly MaskRule[];
  readonly #patternRules: readonly MaskRule[];
  readonly #maxDepth: number;

  constructor(rules: readonly MaskRule[], maxDepth: number) {
    this.#fieldRules = rules.filter(({ pattern }) => pattern === undefined);
    this.#patternRules = rules.filter(({ pattern }) => pattern !== undefined);
    this.#maxDepth = maxDepth;
  }

  /** Of the value at the end of a path of names: the rules look at each path once, and not for each item of a list. */
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

  /** Of a member's value, or an item of the lists in it; `rules` are those with a pattern that apply there. */
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

  /** By rules that have a pattern, one after the other. */
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

/** Of a scalar. */
function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What is no longer than what is to stay is masked whole. */
function mask(text: string, { replacement, preserve }: MaskRule): unknown {
  if (typeof replacement !== "string" || preserve === 0 || text.length <= preserve) return replacement;
  return beginning(text, preserve) + replacement;
}

/** Not cut within a surrogate pair. */
function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** A replacement that is no text takes the place of a whole value as it is, and of a part of one as text. */
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
