const BLOCK = 262_144;

/** Collects bytes into blocks, because zlib makes a round trip to another thread for each buffer. */
export class Blocks {
  #full: Uint8Array[] = [];
  #block = Buffer.allocUnsafe(BLOCK);
  #at = 0;

  /** Free space of at most `wanted` bytes. Call `advance` with the number of bytes filled. */
  room(wanted: number): Buffer {
    return this.#block.subarray(this.#at, Math.min(BLOCK, this.#at + wanted));
  }

  advance(bytes: number): void {
    this.#at += bytes;
    if (this.#at < BLOCK) return;
    this.#full.push(this.#block);
    this.#block = Buffer.allocUnsafe(BLOCK);
    this.#at = 0;
  }

  put(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const room = this.room(bytes.length - from);
      room.set(bytes.subarray(from, from + room.length));
      this.advance(room.length);
      from += room.length;
    }
  }

  putZeros(bytes: number): void {
    for (let left = bytes; left > 0; ) {
      const room = this.room(left).fill(0);
      this.advance(room.length);
      left -= room.length;
    }
  }

  /** Pads with zeros to a multiple of a power of two. */
  fillUp(multiple: number): void {
    this.putZeros((multiple - (this.#at % multiple)) % multiple);
  }

  takeFull(): Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  takeAll(): Uint8Array[] {
    return [...this.takeFull(), this.#block.subarray(0, this.#at)];
  }
}
