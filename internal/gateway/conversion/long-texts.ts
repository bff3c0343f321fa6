import { decodeReferences } from "./references.ts";

/** Minimum number of characters of a long text. */
const LONG = 64;

/** Delimits the placeholder of a long text. XML does not allow this character, so no text contains it. */
export const ASIDE = "\uffff";

/**
 * Replaces each long text in well-formed XML by a numbered placeholder, because the parser reads text character by
 * character, 80 ms per megabyte. `decode` restores the text, and decodes references.
 */
export function setAside(xml: string): { rest: string; decode: (text: string) => string } {
  const texts: string[] = [];
  let rest = "";
  let from = 0;
  for (let start = xml.indexOf("<"); start >= 0; ) {
    const end = endOfMarkup(xml, start);
    const next = xml.indexOf("<", end);
    if (next - end >= LONG) {
      rest += xml.slice(from, end) + ASIDE + texts.length + ASIDE;
      texts.push(xml.slice(end, next));
      from = next;
    }
    start = next;
  }
  const putBack = (_: string, index: string) => texts[Number(index)] ?? "";
  const decode = (text: string) => decodeReferences(text.includes(ASIDE) ? text.replace(NUMBER, putBack).trim() : text);
  return { rest: rest + xml.slice(from), decode };
}

const NUMBER = new RegExp(`${ASIDE}(\\d+)${ASIDE}`, "g");

function endOfMarkup(xml: string, start: number): number {
  for (const [open, close] of SECTIONS) {
    if (xml.startsWith(open, start)) return after(xml, close, start + open.length);
  }
  TAG_PART.lastIndex = start;
  for (let part = TAG_PART.exec(xml); part !== null; part = TAG_PART.exec(xml)) {
    if (part[0] === ">") return TAG_PART.lastIndex;
    TAG_PART.lastIndex = after(xml, part[0], TAG_PART.lastIndex);
  }
  return xml.length;
}

const SECTIONS = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;
/** The end of a tag, or a quote, within which `>` does not end it. */
const TAG_PART = /[>"']/g;

function after(xml: string, text: string, from: number): number {
  const at = xml.indexOf(text, from);
  return at < 0 ? xml.length : at + text.length;
}
