import { readFileSync, statSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";

export interface ReplaceArgs {
  readonly path: string;
  readonly search: string;
  readonly replace: string;
  /** Bytes that the file may have, before and after. */
  readonly limit: number;
}

export interface Replaced {
  readonly replacements: number;
  /** What the file is to hold; absent when that is what it holds already. */
  readonly contents?: Uint8Array;
}

export function readWithin({ path, limit }: ReplaceArgs): Buffer {
  checkSize(path, statSync(path).size, limit);
  return readFileSync(path);
}

export function checkSize(path: string, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new XsysError("TOO_LARGE", `fs.patch failed on ${path}: ${bytes} bytes are more than ${limit}`, {
    details: { path, bytes, limit },
  });
}
