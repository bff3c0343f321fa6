import { decodeReferences } from "./references.ts";

/** Characters from which a text is long. */
const LONG = 64;

/** In front of and behind what stands for a long text: a character that XML does not have, so no text has it. */
export const ASIDE = "\uffff";

/**
 * XML that is well-formed, with a number in place of each long text: the parser takes a text character by character, 80 ms
 * for a megabyte. `decode` puts it back, and reads XML's references.
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
/** Its end, or a quote within which there is none. */
const TAG_PART = /[>"']/g;

function after(xml: string, text: string, from: number): number {
  const at = xml.indexOf(text, from);
  return at < 0 ? xml.length : at + text.length;
}
