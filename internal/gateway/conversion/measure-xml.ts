import { ASIDE } from "./long-texts.ts";

/** Limits of tags and attributes. Parsing takes about 3 µs for each, 0.1 s for all. */
const MOST_TAGS = 20_000;
const MOST_ATTRIBUTES = 10_000;
/** Limit of references. Decoding that many also takes 0.1 s. */
const MOST_REFERENCES = 200_000;

/** Checks XML against the limits before it is parsed. Returns the reason for a refusal, or undefined. */
export function measureXml(xml: string): string | undefined {
  if (DOCUMENT_TYPE.test(withoutSections(xml))) return "A document type is not allowed";
  if (xml.includes(ASIDE)) return "U+FFFF is not allowed in XML";
  if (count(xml, /</g, MOST_TAGS) > MOST_TAGS) return `More than ${MOST_TAGS} tags`;
  if (count(xml, /=\s{0,8}["']/g, MOST_ATTRIBUTES) > MOST_ATTRIBUTES) return `More than ${MOST_ATTRIBUTES} attributes`;
  if (count(xml, /&/g, MOST_REFERENCES) > MOST_REFERENCES) return `More than ${MOST_REFERENCES} references`;
  return undefined;
}

const DOCUMENT_TYPE = /<!(?!\[CDATA\[|--)/i;

/** Removes comments and CDATA sections, which may contain any text. */
function withoutSections(xml: string): string {
  let rest = "";
  let from = 0;
  for (;;) {
    SECTION.lastIndex = from;
    const start = SECTION.exec(xml);
    if (start === null) return rest + xml.slice(from);
    const close = start[0] === "<!--" ? "-->" : "]]>";
    const end = xml.indexOf(close, SECTION.lastIndex);
    rest += xml.slice(from, start.index);
    // The parser reports an unclosed section with its position.
    if (end < 0) return rest;
    from = end + close.length;
  }
}

const SECTION = /<!(?:--|\[CDATA\[)/g;

function count(text: string, pattern: RegExp, most: number): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) {
    found += 1;
    if (found > most) break;
  }
  return found;
}
