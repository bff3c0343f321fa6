import { describe, expect, test } from "vitest";
import { requiredText } from "../../../internal/commands/search/tasks/required-text.ts";
import { fc } from "../../support/property.ts";

describe("the text that every match contains", () => {
  test.each([
    ["function \\w+", "function "],
    ["import .* from", "import "],
    ["colou?r", "colo"],
    ["a+bbc*", "bb"],
    ["^price \\(USD\\)$", "price (USD)"],
    ["x{2,3}yz", "yz"],
    ["(abc)def[ghi]", "def"],
    ["a(b(c)[)]d)efg", "efg"],
    ["one|two", ""],
    ["\\x41bc", ""],
    ["\\p{L}abc", ""],
    [".*", ""],
  ])("of %s is %j", (pattern, text) => {
    expect(requiredText(pattern)).toBe(text);
  });

  test("is part of every text that an expression matches", () => {
    const char = fc.constantFrom("a", "b", "-", "1");
    const atom = fc.oneof(
      char,
      char,
      fc.constantFrom(
        "\\w",
        "\\d",
        "\\.",
        ".",
        "[ab]",
        "[^a]",
        "[\\]a]",
        "(a)",
        "(?:ab|1)",
        "(?=b)",
        "(?!b)",
        "((a)b)",
        "\\b",
      ),
    );
    const piece = fc.tuple(atom, fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,1}", "*?", "+?"));
    const pattern = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.map((parts) => parts.join("")).join(""));
    const line = fc.array(fc.constantFrom("a", "b", "-", "1", "."), { maxLength: 12 }).map((chars) => chars.join(""));
    let matched = 0;
    fc.assert(
      fc.property(pattern, line, (source, text) => {
        let expression: RegExp;
        try {
          expression = new RegExp(source);
        } catch {
          return true; // for example a quantified \b
        }
        if (!expression.test(text)) return true;
        matched += 1;
        return text.includes(requiredText(source));
      }),
      { numRuns: 5_000 },
    );
    expect(matched).toBeGreaterThan(300);
  });
});
