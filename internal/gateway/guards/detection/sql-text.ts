/**
 * Normalizes a text for the SQL patterns: lower case, and one space for each run of whitespace and for each comment.
 */
export function asSql(text: string): string {
  const lower = text.toLowerCase();
  const plain = lower.includes("/*") ? withoutComments(lower) : lower;
  return plain.replace(BLANKS, " ").trim();
}

/** Databases treat control characters as whitespace, too. */
const BLANKS = /[\s\p{Cc}]+/gu;

// MySQL executes the contents of `/*! … */`, so they are kept. An unclosed comment is kept, too.
function withoutComments(text: string): string {
  let plain = "";
  let from = 0;
  for (;;) {
    const start = text.indexOf("/*", from);
    const end = start < 0 ? -1 : text.indexOf("*/", start + 2);
    if (end < 0) return plain + text.slice(from);
    const inside = text[start + 2] === "!" ? text.slice(start + 3, end).replace(/^\d{5,6}/, "") : "";
    plain += `${text.slice(from, start)} ${inside} `;
    from = end + 2;
  }
}
