/** Maximum bytes of a file name on the usual file systems. */
const MAX_BYTES = 255;
/** The same, with room for a UUID. */
export const MAX_BYTES_WITH_ID = MAX_BYTES - 40;
/** Maximum characters of a file extension. */
const MAX_ENDING = 32;
/** Characters at each end of a name that are used, to bound the time spent on a client's input. */
const ENDS = 512;

/** Control characters, bidirectional controls, separators, and characters that Windows does not allow in names. */
const FORBIDDEN = /[\p{Cc}\p{Bidi_Control}<>:"/\\|?*]/gu;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;

/**
 * Turns a client's name into a safe file or folder name on any platform: never empty, hidden, or a path out of the
 * folder.
 */
export function safeName(name: string, maxBytes: number = MAX_BYTES): string {
  const ends = name.length > 2 * ENDS ? name.slice(0, ENDS) + name.slice(-ENDS) : name;
  const plain = ends
    .toWellFormed()
    .replace(FORBIDDEN, "_")
    .replace(/^\.+/, "_")
    .replace(/[. ]+$/, "");
  const usual = WINDOWS_DEVICE.test(plain) ? `_${plain}` : plain;
  return shortened(usual === "" ? "file" : usual, maxBytes);
}

/** Splits a name into stem and extension (`.png`, or empty). */
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
  ); // drops a character that was cut in two
}
