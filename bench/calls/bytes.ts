/** Bytes that one transfer sends and receives: 64 MiB. */
export const TRANSFER_BYTES: number = 64 * 1024 * 1024;

const PIECE: Uint8Array = new Uint8Array(64 * 1024).fill(0x78);

/** The bytes of a transfer in chunks of 64 KiB, the chunk size of Node's streams. */
export function* pieces(): Generator<Uint8Array> {
  for (let sent = 0; sent < TRANSFER_BYTES; sent += PIECE.length) yield PIECE;
}

export function assertComplete(received: number): void {
  if (received !== TRANSFER_BYTES) throw new Error(`received ${received} of ${TRANSFER_BYTES} bytes`);
}
