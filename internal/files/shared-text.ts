/** Characters that are encoded at once. */
const BATCH = 16_384;
const FIRST_ROOM = 65_536;
/** Maximum UTF-8 bytes per UTF-16 code unit. */
const MAX_UTF8_PER_UNIT = 3;

/** Collects text as UTF-8 in shared memory, so that a task's result reaches the event loop without a copy. */
export class SharedText {
  #room = Buffer.from(new SharedArrayBuffer(FIRST_ROOM));
  #filled = 0;
  #pending = "";

  add(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= BATCH) this.#put();
  }

  addBytes(bytes: Uint8Array): void {
    this.#put();
    this.#reserve(bytes.byteLength);
    this.#room.set(bytes, this.#filled);
    this.#filled += bytes.byteLength;
  }

  /** Bytes so far. */
  get size(): number {
    this.#put();
    return this.#filled;
  }

  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.size);
  }

  #put(): void {
    if (this.#pending === "") return;
    this.#reserve(this.#pending.length * MAX_UTF8_PER_UNIT);
    this.#filled += this.#room.write(this.#pending, this.#filled);
    this.#pending = "";
  }

  #reserve(bytes: number): void {
    const needed = this.#filled + bytes;
    if (needed <= this.#room.length) return;
    const grown = Buffer.from(new SharedArrayBuffer(Math.max(2 * this.#room.length, needed)));
    this.#room.copy(grown, 0, 0, this.#filled);
    this.#room = grown;
  }
}
