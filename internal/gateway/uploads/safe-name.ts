/** Bytes of a name that every usual file system takes. */
const MAX_BYTES = 255;
/** The same, less the room for a UUID beside it. */
export const MAX_BYTES_WITH_ID = MAX_BYTES - 40;
/** Characters of an ending that is worth being kept. */
const MAX_ENDING = 32;
/** Characters at either end that are looked at: the time for what a client sends is bounded. */
const LOOKED_AT = 512;

/** Control characters, those that turn the direction of writing, separators, and what Windows has no names with. */
const FORBIDDEN = /[\p{Cc}\p{Bidi_Control}<>:"/\\|?*]/gu;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;

/** A client's name as the name of a file or folder, on any platform: never empty, hidden, or a way out of its folder. */
export function safeName(name: string, maxBytes: number = MAX_BYTES): string {
  const ends = name.length > 2 * LOOKED_AT ? name.slice(0, LOOKED_AT) + name.slice(-LOOKED_AT) : name;
  const plain = ends
    .toWellFormed()
    .replace(FORBIDDEN, "_")
    .replace(/^\.+/, "_")
    .replace(/[. ]+$/, "");
  const usual = WINDOWS_DEVICE.test(plain) ? `_${plain}` : plain;
  return shortened(usual === "" ? "file" : usual, maxBytes);
}

/** Stem and ending (`.png`, or nothing). */
export function splitName(name: string): [stem: string, ending: string] {
  const dot = name.lastIndexOf(".");
  return dot <= 0 || name.length - dot > MAX_ENDING ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
}

function shortened(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const [stem, ending] = splitName(name);
  const room = maxBytes - Buffer.byteLength(ending);
  return (
    Buffer.from(stem)
      .subarray(0, room)
      .toString()
      .replace(/\uFFFD$/, "") + ending
  ); // a character that was cut in two
}
