import { join } from "node:path";

/**
 * What every contender calls: path.join of these segments. With xsys the question is a frame of 141 bytes and the answer
 * one of 103, 120 on the average; the peers send the same parameters and have them joined, but not checked.
 */
export const SEGMENTS: readonly string[] = ["var", "lib/app", "cache/objects", "ab.bin"];

export interface Question {
  readonly segments: readonly string[];
}

export function answer({ segments }: Question): string {
  return join(...segments);
}
