/** Single-letter escapes for character classes, assertions and control characters. */
const KINDS = /[wWdDsSbBtnrfv]/;
const PUNCTUATION = /[\\^$.*+?()[\]{}|/-]/;

/**
 * Returns text that every match of a regular expression contains: its longest run of plain characters outside groups
 * and classes. Empty when there is none, or when the expression uses syntax that is not analyzed here (alternatives,
 * \x41, \p{L}, \1).
 */
export function requiredText(pattern: string): string {
  const runs = [""];
  const cut = () => runs.push("");
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === "|") return "";
    else if (char === "(" || char === "[") {
      at = endOf(pattern, at);
      cut();
    } else if (char === "\\") {
      at += 1;
      const escaped = pattern[at] ?? "";
      if (PUNCTUATION.test(escaped)) runs.push(runs.pop() + escaped);
      else if (KINDS.test(escaped)) cut();
      else return "";
    } else if (char === "*" || char === "?" || char === "{") {
      runs.push((runs.pop() ?? "").slice(0, -1));
      if (char === "{") at = closing(pattern, "}", at);
      cut();
    } else if (/[\^$.+)\]}]/.test(char) || char > "\x7f") cut();
    else runs.push(runs.pop() + char);
  }
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest));
}

/** Returns the end of a group or a class. */
function endOf(pattern: string, start: number): number {
  if (pattern[start] === "[") return closing(pattern, "]", start);
  let at = start + 1;
  while (at < pattern.length && pattern[at] !== ")") {
    if (pattern[at] === "\\") at += 2;
    else at = (pattern[at] === "(" || pattern[at] === "[" ? endOf(pattern, at) : at) + 1;
  }
  return at;
}

function closing(pattern: string, bracket: string, start: number): number {
  let at = start + 1;
  while (at < pattern.length && pattern[at] !== bracket) at += pattern[at] === "\\" ? 2 : 1;
  return at;
}
