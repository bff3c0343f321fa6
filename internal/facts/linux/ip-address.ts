import { endianness } from "node:os";

const LITTLE = endianness() === "LE";

/**
 * Converts an address from /proc/net (8 or 32 hexadecimal digits) to its usual notation. The kernel prints every four
 * bytes as one number in the machine's byte order.
 */
export function parseKernelAddress(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  if (LITTLE) bytes.swap32();
  return bytes.length === 4 ? bytes.join(".") : formatIPv6(bytes);
}

/** RFC 5952: lower case, the longest run of two or more zero groups as `::`, mapped IPv4 addresses in dots. */
function formatIPv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i));
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `::ffff:${bytes.subarray(12).join(".")}`;
  }
  const text = groups.map((group) => group.toString(16));
  const { start, length } = longestZeros(groups);
  if (length < 2) return text.join(":");
  return `${text.slice(0, start).join(":")}::${text.slice(start + length).join(":")}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: i - length + 1, length };
  }
  return longest;
}
