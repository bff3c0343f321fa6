import type { ExactPath } from "../../../files/walk.ts";

/** Restores a path that may come from another thread, where a Buffer arrives as a plain Uint8Array. */
export function asExactPath(path: string | Uint8Array): ExactPath {
  return typeof path === "string" ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
}

/** Maps a path inside one folder to the same path inside another. */
export function transplant(path: ExactPath, from: ExactPath, to: ExactPath): ExactPath {
  if (typeof path === "string" && typeof to === "string") return to + path.slice(from.length);
  return Buffer.concat([bytesOf(to), bytesOf(path).subarray(bytesOf(from).length)]);
}

function bytesOf(path: ExactPath): Buffer {
  return typeof path === "string" ? Buffer.from(path) : path;
}
