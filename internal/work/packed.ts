import { deserialize, serialize } from "node:v8";

declare const contents: unique symbol;

/**
 * A value as bytes in shared memory. The event loop hands it from one task to the next without work; as an object it
 * would be copied twice.
 */
export type Packed<T> = Uint8Array & { readonly [contents]?: T };

/** Packs a structured-cloneable value. */
export function packed<T>(value: T): Packed<T> {
  const bytes = serialize(value);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

export function unpacked<T>(bytes: Packed<T>): T {
  return deserialize(bytes);
}
