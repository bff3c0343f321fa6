/** Maximum of a u16: bytes of a text, and number of pairs. */
export const MAX_FIELD = 0xffff;
/** Maximum number of UTF-8 bytes per UTF-16 unit. */
const MAX_UTF8_PER_UNIT = 3;
/** Length up to which a loop (1.3 ns per character) is faster than the call into native code (50 ns). */
const SHORT = 24;

/** Maximum number of bytes of a text; Infinity if it does not fit the u16 size. */
export function mostBytesOf(text: string): number {
  const most = text.length * MAX_UTF8_PER_UNIT;
  return most > MAX_FIELD && Buffer.byteLength(text) > MAX_FIELD ? Number.POSITIVE_INFINITY : most;
}

/** Writes a text with its size and returns the end offset. The caller ensures that the room suffices. */
export function writeText(room: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > SHORT) return writeUtf8(room, at, text);
  const start = at + 2;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return writeUtf8(room, at, text);
    room[start + i] = unit;
  }
  room[at] = 0;
  room[at + 1] = length;
  return start + length;
}

export function writeCount(room: Buffer, at: number, count: number): number {
  room[at] = count >>> 8;
  room[at + 1] = count;
  return at + 2;
}

function writeUtf8(room: Buffer, at: number, text: string): number {
  const size = room.write(text, at + 2);
  return writeCount(room, at, size) + size;
}
