/** Largest u16: bytes of a text, and number of pairs. */
export const MAX_FIELD = 0xffff;
/** UTF-8 bytes of one UTF-16 unit at the most. */
const MAX_UTF8_PER_UNIT = 3;
/** Characters up to which a loop beats the call into native code: 50 ns, where a loop takes 1.3 for a character. */
const SHORT = 24;

/** Bytes that a text takes at the most; infinitely many when it does not fit a u16 of them. */
export function mostBytesOf(text: string): number {
  const most = text.length * MAX_UTF8_PER_UNIT;
  return most > MAX_FIELD && Buffer.byteLength(text) > MAX_FIELD ? Number.POSITIVE_INFINITY : most;
}

/** Writes a text and its size, and gives where it ends. The room is known to suffice. */
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
