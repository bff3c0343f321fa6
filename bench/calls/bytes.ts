/** Bytes that one transfer sends, and has sent back: 64 MiB. */
export const TRANSFER_BYTES: number = 64 * 1024 * 1024;

const PIECE: Uint8Array = new Uint8Array(64 * 1024).fill(0x78);

/** A transfer's bytes in pieces of 64 KiB, the size that Node's own streams read. */
export function* pieces(): Generator<Uint8Array> {
  for (let sent = 0; sent < TRANSFER_BYTES; sent += PIECE.length) yield PIECE;
}

export function assertComplete(received: number): void {
  if (received !== TRANSFER_BYTES) throw new Error(`${received} bytes came back of ${TRANSFER_BYTES}`);
}
