import { XmlError } from "./xml-error.ts";

/**
 * A text with XML's five entities and its numbered characters read.
 * @throws {XmlError} for any other entity: those are declared in a document type, which is not allowed.
 */
export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;\s&]{1,32});/g, (reference, name: string) => {
    const character = name.startsWith("#") ? numbered(name.slice(1)) : NAMED.get(name);
    if (character === undefined) throw new XmlError(`The entity ${reference} is not known`);
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

/** Undefined for what is no character of XML. */
function numbered(digits: string): string | undefined {
  const code = Number(digits.startsWith("x") ? `0${digits}` : digits);
  const isCharacter = code >= 0x20 ? code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) : [9, 10, 13].includes(code);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
