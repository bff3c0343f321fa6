/**
 * The strings of a JSON text in order, including the names of members. The text is scanned rather than parsed: that is
 * as fast, needs no memory for nested values, and also works for truncated text.
 */
export function stringsOfJson(json: string): string[] {
  const strings: string[] = [];
  let start = json.indexOf('"');
  while (start >= 0) {
    const end = endOfString(json, start + 1);
    const inside = json.slice(start + 1, end);
    strings.push(inside.includes("\\") ? unescaped(inside) : inside);
    start = json.indexOf('"', end + 1);
  }
  return strings;
}

/** Index of the closing quote, or the length of the text. */
function endOfString(json: string, from: number): number {
  let end = json.indexOf('"', from);
  while (end >= 0 && isEscaped(json, end, from)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, at: number, from: number): boolean {
  let before = at;
  while (before > from && json[before - 1] === "\\") before -= 1;
  return (at - before) % 2 === 1;
}

function unescaped(inside: string): string {
  try {
    return JSON.parse(`"${inside}"`);
  } catch {
    return inside;
  }
}
