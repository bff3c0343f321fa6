/**
 * Text that cannot control a terminal: control characters and bidirectional overrides are shown as `\n`, `\x1b`,
 * `\u202e`. A malicious file name can then neither clear the screen nor imitate a row.
 */
export function printable(text: string): string {
  return UNSAFE.test(text) ? text.replaceAll(UNSAFE_EACH, visible) : text;
}

/** Like `printable`, for text on its own line, where tabs are harmless. */
export function printableLine(text: string): string {
  return UNSAFE.test(text) ? text.split("\t").map(printable).join("\t") : text;
}

// C0 and C1 controls (a terminal takes U+009B for ESC [), line separators, bidirectional overrides and isolates.
const UNSAFE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
const UNSAFE_EACH = new RegExp(UNSAFE, "gu");

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function visible(character: string): string {
  const code = character.charCodeAt(0);
  const hex = code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  return NAMED[character] ?? hex;
}
