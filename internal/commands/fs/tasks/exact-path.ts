import type { ExactPath } from "../../../files/walk.ts";

/** A path that may have come from another thread, where a Buffer arrives as the bare Uint8Array it is. */
export function asExactPath(path: string | Uint8Array): ExactPath {
  return typeof path === "string" ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
}

/** The path that something in one folder has in another. */
export function transplant(path: ExactPath, from: ExactPath, to: ExactPath): ExactPath {
  if (typeof path === "string" && typeof to === "string") return to + path.slice(from.length);
  return Buffer.concat([bytesOf(to), bytesOf(path).subarray(bytesOf(from).length)]);
}

function bytesOf(path: ExactPath): Buffer {
  return typeof path === "string" ? Buffer.from(path) : path;
}
