import type { Random } from "./random.ts";

/** Boundary values for sizes and counts. */
const EDGES = [0x00, 0x01, 0x02, 0x03, 0x7b, 0x7f, 0x80, 0xff];

/**
 * A copy with one to three mutations: a bit flipped, a byte set to an edge, bytes removed, repeated or inserted, or the
 * end cut off.
 */
export function mutate(random: Random, bytes: Buffer): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.below(3); left > 0; left--) changed = mutateOnce(random, changed);
  return changed;
}

function mutateOnce(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(9));
  switch (random.below(6)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.pick(EDGES);
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(9)), bytes.subarray(at)]);
    default:
      return bytes.subarray(0, at);
  }
}
