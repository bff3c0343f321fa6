import { expect, test } from "vitest";
import { splitCommand } from "../../internal/processes/split-command.ts";

test.each([
  ["python3 app.py", ["python3", "app.py"]],
  ["  a\t b\n", ["a", "b"]],
  [`a "b c" 'd "e"' f\\ g`, ["a", "b c", 'd "e"', "f g"]],
  [`--x="a 'b'"'c'd`, ["--x=a 'b'cd"]],
  [`a "" ''`, ["a", "", ""]],
  [String.raw`"C:\Program Files\x" "a\"b"`, ["C:\\Program Files\\x", 'a"b']],
  ["sh -c 'exec $0; ls | wc'", ["sh", "-c", "exec $0; ls | wc"]],
])("%s is split into %j", (line, words) => {
  expect(splitCommand(line, "--worker-command")).toEqual(words);
});

test.each([[""], ["   "], ['a "b'], ["a 'b"], ["a \\"]])("%j is rejected", (line) => {
  expect(() => splitCommand(line, "--worker-command")).toThrow("--worker-command is not a program with arguments");
});

test("a long line is parsed quickly", () => {
  const line = `a ${"x".repeat(100_000)} ${'"'.repeat(100_001)}`;
  const begun = performance.now();
  expect(() => splitCommand(line, "--worker-command")).toThrow();
  expect(performance.now() - begun).toBeLessThan(5_000);
});
