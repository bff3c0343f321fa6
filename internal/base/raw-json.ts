/**
 * An answer that is JSON already, as bytes in pieces that belong together: made in threads, and sent by the service's
 * loop as it is. Making 12 MB of JSON there held everybody up for 60 ms.
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
