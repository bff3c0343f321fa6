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

/** Joins chunks of JSON values, each value preceded by a comma, into an array. */
export function jsonArray(pieces: readonly Uint8Array[]): RawJson {
  const [first = new Uint8Array(), ...others] = pieces.filter(({ byteLength }) => byteLength > 0);
  return new RawJson([Buffer.from("["), first.subarray(1), ...others, Buffer.from("]")]);
}
