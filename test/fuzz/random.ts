const WORDS = [
  "",
  "a",
  "é",
  "\u{1f600}",
  "\0",
  "\r\n",
  "..",
  "../../etc",
  "%",
  "%2e%2e%2f",
  "__proto__",
  "constructor",
  "-1",
  "1e999",
  "4294967296",
  "null",
  "x".repeat(300),
];

/** A random generator that is reproducible by its seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed | 0, 0x9e37_79b1); // so that consecutive seeds give unrelated sequences
  }

  /** A number from 0 up to, but not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 to `end` - 1. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** A random number of items, at most `most`. */
  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.next() * 256;
    return bytes;
  }

  /** A text that often causes errors, or a few random characters. */
  text(): string {
    if (this.chance(0.5)) return this.pick(WORDS);
    return String.fromCharCode(...this.list(12, () => 32 + this.below(this.chance(0.1) ? 700 : 95)));
  }

  /** Any JSON value. */
  value(depth = 3): unknown {
    const kind = this.below(depth > 0 ? 8 : 6);
    if (kind === 0) return this.pick([null, true, false]);
    if (kind === 1) return this.pick([0, -1, 1.5, 1e21, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, this.below(1_000)]);
    if (kind < 6) return this.text();
    if (kind === 6) return this.list(4, () => this.value(depth - 1));
    return Object.fromEntries(this.list(4, () => [this.text(), this.value(depth - 1)]));
  }

  /** The bytes in pieces, cut at random places. */
  split(bytes: Buffer, most = 8): Buffer[] {
    const cuts = this.list(most, () => this.below(bytes.length + 1)).sort((a, b) => a - b);
    return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length));
  }
}
