import { isUtf8 } from "node:buffer";

/**
 * Names of files are bytes, and not always UTF-8. In a watch each is a text that loses nothing, so that paths can be
 * joined, split and looked up: in a name that is not UTF-8, a byte from 0x80 on is the lone surrogate U+DC00 + byte, which
 * no UTF-8 decodes to (the range that Python's PEP 383 takes, too).
 */
export function nameOf(bytes: Buffer): string {
  const text = bytes.toString();
  if (!text.includes(REPLACEMENT) || isUtf8(bytes)) return text;
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join("");
}

/** What node:fs takes for such a path. */
export function exactPath(path: string): string | Buffer {
  return isText(path) ? path : bytesOf(path);
}

/** For people and for JSON: bytes that are not UTF-8 are U+FFFD, as in the other commands. */
export function shownPath(path: string): string {
  return isText(path) ? path : bytesOf(path).toString();
}

/** The bytes of a path in hexadecimal, where its text alone does not tell them. */
export function hexPath(path: string): string | undefined {
  return isText(path) ? undefined : bytesOf(path).toString("hex");
}

/** A path from outside, in which a lone surrogate is no byte: taken for one it would lead elsewhere than was checked. */
export function pathFromOutside(path: string): string {
  return path.toWellFormed();
}

const REPLACEMENT = "\uFFFD";

/** Windows has names in UTF-16, where a lone surrogate is one. */
function isText(path: string): boolean {
  return path.isWellFormed() || process.platform === "win32";
}

function bytesOf(path: string): Buffer {
  const parts = path.split(/([\uDC80-\uDCFF]+)/u); // every second one is what the parentheses hold
  return Buffer.concat(parts.map((part, place) => Buffer.from(part, place % 2 === 0 ? "utf8" : "latin1")));
}
