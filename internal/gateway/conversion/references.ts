import { XmlError } from "./xml-error.ts";

/**
 * Decodes XML's five predefined entities and character references.
 * @throws {XmlError} for any other entity, which would need a document type; those are not allowed.
 */
export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;\s&]{1,32});/g, (reference, name: string) => {
    const character = name.startsWith("#") ? numbered(name.slice(1)) : NAMED.get(name);
    if (character === undefined) throw new XmlError(`Unknown entity ${reference}`);
    return character;
  });
}

const NAMED = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Undefined for a character that XML does not allow. */
function numbered(digits: string): string | undefined {
  const code = Number(digits.startsWith("x") ? `0${digits}` : digits);
  const isCharacter = code >= 0x20 ? code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) : [9, 10, 13].includes(code);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
