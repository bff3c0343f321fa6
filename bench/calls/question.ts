import { join } from "node:path";

/**
 * Every contender calls path.join with these segments. With xsys, the request is a frame of 141 bytes and the answer
 * one of 103, on average about 120. The peers send the same parameters; their servers join them without validation.
 */
export const SEGMENTS: readonly string[] = ["var", "lib/app", "cache/objects", "ab.bin"];

export interface Question {
  readonly segments: readonly string[];
}

export function answer({ segments }: Question): string {
  return join(...segments);
}
