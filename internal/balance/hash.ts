/** FNV-1a over UTF-16 code units, ignoring the case of ASCII letters. Source: RFC 9923. */
export function hashOf(text: string, from = 0, to: number = text.length): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i += 1) hash = Math.imul(hash ^ (text.charCodeAt(i) | 0x20), 0x01000193);
  return hash;
}

/** Mixes the bits, so that similar inputs give very different outputs, 0 to 2³²−1. Source: MurmurHash3's finaliser. */
export function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
