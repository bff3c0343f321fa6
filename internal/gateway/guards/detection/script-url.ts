/** Whether a URL runs a script, after decoding entities and removing whitespace, as browsers do. */
export function isScriptUrl(address: string): boolean {
  return /^(?:javascript|vbscript|livescript):|^data:(?:text\/html|image\/svg\+xml|application\/xhtml)/i.test(
    withoutDisguise(address),
  );
}

/** Whether a text consists of such a URL only. "JavaScript: The Good Parts" is a book title. */
export function isScriptUrlAlone(text: string): boolean {
  if (!STARTS_LIKE_ONE.test(text)) return false;
  const plain = withoutDisguise(text.slice(0, 256)).slice(0, 128);
  return /^(?:javascript|vbscript):(?:\/[/*]|[\w.$[\]"']{1,64}[(=`])/i.test(plain) && !TITLE.test(text);
}

const STARTS_LIKE_ONE = /^[\s\p{Cc}]{0,16}[jv&]/iu;
/** A colon, a space, and a capitalized word. */
const TITLE = /^\s{0,16}(?:javascript|vbscript): {1,4}[A-Z]\w{0,30} /i;

function withoutDisguise(address: string): string {
  const start = address.slice(0, 256);
  const read = start.includes("&") ? start.replace(ENTITY, (_, entity: string) => characterOf(entity)) : start;
  return read.replace(IGNORED, "");
}

const ENTITY = /&(#x?[0-9a-f]{1,8}|colon|tab|newline|lpar);?/gi;
const IGNORED = /[\s\p{Cc}]/gu;

function characterOf(entity: string): string {
  const name = entity.toLowerCase();
  if (!name.startsWith("#")) return NAMED[name] ?? "";
  const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

const NAMED: Readonly<Record<string, string>> = { colon: ":", tab: "\t", newline: "\n", lpar: "(" };
