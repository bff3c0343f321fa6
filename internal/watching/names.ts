import { isUtf8 } from "node:buffer";

/**
 * File names are bytes, and not always UTF-8. Within a watch, every name is a string without loss, so that paths can
 * be joined, split and looked up. In a name that is not UTF-8, each byte from 0x80 on becomes the lone surrogate
 * U+DC00 + byte, which no UTF-8 text contains. Python's PEP 383 uses the same range.
 */
export function nameOf(bytes: Buffer): string {
  const text = bytes.toString();
  if (!text.includes(REPLACEMENT) || isUtf8(bytes)) return text;
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join("");
}

/** The path as an argument of node:fs. */
export function exactPath(path: string): string | Buffer {
  return isText(path) ? path : bytesOf(path);
}

/** The path for messages and JSON: bytes that are not UTF-8 become U+FFFD, as in the other commands. */
export function shownPath(path: string): string {
  return isText(path) ? path : bytesOf(path).toString();
}

/** The bytes of a path in hexadecimal. Undefined when the path is valid text. */
export function hexPath(path: string): string | undefined {
  return isText(path) ? undefined : bytesOf(path).toString("hex");
}

/**
 * A path from a caller. Its lone surrogates are replaced: interpreted as bytes they would name another path than the
 * one that was checked.
 */
export function pathFromOutside(path: string): string {
  return path.toWellFormed();
}

const REPLACEMENT = "\uFFFD";

/** On Windows, names are UTF-16, where a lone surrogate is a valid part of a name. */
function isText(path: string): boolean {
  return path.isWellFormed() || process.platform === "win32";
}

function bytesOf(path: string): Buffer {
  const parts = path.split(/([\uDC80-\uDCFF]+)/u); // every second part is a match
  return Buffer.concat(parts.map((part, place) => Buffer.from(part, place % 2 === 0 ? "utf8" : "latin1")));
}
