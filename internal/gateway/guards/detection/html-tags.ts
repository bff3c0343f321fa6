export interface Attribute {
  /** In lower case. */
  readonly name: string;
  readonly value: string | undefined;
}

type TagTest = (name: string, attributes: readonly Attribute[]) => boolean;

/**
 * Gives every start tag of a text, as a browser would see it, to `isWanted`, until that says yes. Tags within another's
 * quotes are looked at, too, as nobody knows where in a page the text will be: until twice the text has been read.
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
/** Attributes of one tag that are looked at. */
const MOST_ATTRIBUTES = 1_000;

/** Up to the `>`; `end` is the index of what comes after them. */
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

/** Blanks and slashes, a name, and its value in quotes of either kind or none. */
const ATTRIBUTE = /[\s/]*(?:([^\s/>=<"'][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?|["'=<])?/y;
