/** Escapes that stand for a kind of character or a place, and take no more of the pattern. */
const KINDS = /[wWdDsSbBtnrfv]/;
const PUNCTUATION = /[\\^$.*+?()[\]{}|/-]/;

/**
 * Text that every match of a regular expression holds: its longest run of plain characters outside groups and classes.
 * Empty when there is none, or the expression has what this does not look into (alternatives, \x41, \p{L}, \1).
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

/** Where a group or a class ends. */
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
