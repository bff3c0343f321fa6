import { describe, expect, test } from "vitest";
import { refuseFaulty } from "../../../internal/commands/search/tasks/refuse-faulty.ts";

describe("a pattern that is not a valid expression", () => {
  test.each([
    ["f(x", "Unterminated group", 1],
    ["(a)(b", "Unterminated group", 3],
    ["[abc", "Unterminated character class", 0],
    ["*a", "Nothing to repeat", 0],
    [".*\\.c++$", "Nothing to repeat", 6],
    ["a|*b", "Nothing to repeat", 2],
    ["a)", "Unmatched ')'", 1],
    ["a\\", "\\ at end of pattern", 1],
    ["(?<n>a)(?<n>b)", "Duplicate capture group name", 7],
    ["line\nnext(", "Unterminated group", 9],
    ["/: (", "Unterminated group", 3],
    [`${"a".repeat(2_047)}(`, "Unterminated group", 2_047],
  ])("%j is refused with the reason and the offset", (pattern, reason, offset) => {
    const refuse = () => refuseFaulty("search.grep", pattern, "; look elsewhere");
    const message = `search.grep: pattern is not a valid regular expression: ${reason} at offset ${offset}; look elsewhere`;
    expect(refuse).toThrow(expect.objectContaining({ code: "INVALID_PARAMS", message, details: { pattern, offset } }));
  });

  test("is refused without an offset if it is long, because finding the offset would take too long", () => {
    const pattern = "(".repeat(4_000);
    const refuse = () => refuseFaulty("search.grep", pattern);
    const message = "search.grep: pattern is not a valid regular expression: Unterminated group";
    expect(refuse).toThrow(expect.objectContaining({ message, details: { pattern } }));
  });
});

test("a valid expression is accepted", () => {
  for (const pattern of ["", "a", "(a+)+$", "\\-", "[^]", "(?<=a)b", "{", "]"]) refuseFaulty("search.grep", pattern);
});
