/**
 * An answer that is serialized already: the chunks of one JSON text. Threads create it, and the event loop sends it
 * unchanged. Serializing 12 MB of JSON on the event loop blocked all other calls for 60 ms.
 */
export class RawJson {
  readonly pieces: readonly Uint8Array[];

  constructor(pieces: readonly Uint8Array[]) {
    this.pieces = pieces;
  }

  get byteLength(): number {
    return this.pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  toString(): string {
    return Buffer.concat(this.pieces).toString();
  }
}
