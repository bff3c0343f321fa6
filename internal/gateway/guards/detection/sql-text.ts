/** A text as the patterns of SQL want it: lower case, one blank for any number of them and for a comment. */
export function asSql(text: string): string {
  const lower = text.toLowerCase();
  const plain = lower.includes("/*") ? withoutComments(lower) : lower;
  return plain.replace(BLANKS, " ").trim();
}

/** Databases take control characters for blanks, too. */
const BLANKS = /[\s\p{Cc}]+/gu;

// MySQL runs what is in a comment that begins with `!`. One that is not closed stays, as the end of the text.
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
