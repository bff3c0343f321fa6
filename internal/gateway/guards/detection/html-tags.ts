export interface Attribute {
  /** In lower case. */
  readonly name: string;
  readonly value: string | undefined;
}

type TagTest = (name: string, attributes: readonly Attribute[]) => boolean;

/**
 * Calls `isWanted` for each start tag of a text, as a browser would parse it, until it returns true. Tags inside quoted
 * attributes are included, because the text's position in a page is unknown; this stops when twice the text has been
 * read.
 */
export function someTag(text: string, isWanted: TagTest): boolean {
  let allowance = text.length;
  for (let at = text.indexOf("<"); at >= 0; ) {
    TAG_NAME.lastIndex = at + 1;
    const name = TAG_NAME.exec(text)?.[0];
    let next = at + 1;
    if (name !== undefined) {
      const { attributes, end } = attributesOf(text, TAG_NAME.lastIndex);
      if (isWanted(name.toLowerCase(), attributes)) return true;
      if (allowance > 0) allowance -= end - at;
      else next = end;
    }
    at = text.indexOf("<", next);
  }
  return false;
}

const TAG_NAME = /[a-z][a-z0-9:-]{0,31}/iy;
/** Maximum number of attributes read of one tag. */
const MOST_ATTRIBUTES = 1_000;

/** The attributes up to `>`; `end` is the index behind them. */
function attributesOf(text: string, from: number): { attributes: Attribute[]; end: number } {
  const attributes: Attribute[] = [];
  let end = from;
  while (end < text.length && text[end] !== ">" && attributes.length < MOST_ATTRIBUTES) {
    ATTRIBUTE.lastIndex = end;
    const [whole = "", name = "", doubled, single, bare] = ATTRIBUTE.exec(text) ?? [];
    if (name !== "") attributes.push({ name: name.toLowerCase(), value: doubled ?? single ?? bare });
    if (whole === "") break;
    end += whole.length;
  }
  return { attributes, end };
}

/** Whitespace and slashes, a name, and its value in double, single or no quotes. */
const ATTRIBUTE = /[\s/]*(?:([^\s/>=<"'][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?|["'=<])?/y;
