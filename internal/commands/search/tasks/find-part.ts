import { AnswerSize } from "../../../files/answer-size.ts";
import { entriesOfPart, type Part, type PartArgs } from "../../../files/tree-parts.ts";
import type { EntryKind, Folder } from "../../../files/walk.ts";
import { nameMatcher } from "./name-matcher.ts";

interface Args extends PartArgs {
  readonly pattern: string;
  readonly glob: boolean;
  readonly type: EntryKind | "any";
  /** Bytes. */
  readonly maxResult: number;
}

interface Found extends Part {
  /**
   * Relative paths, each terminated by NUL, which no name contains: one string is faster to pass between threads than a
   * list.
   */
  readonly relatives: string;
  readonly bytes: number;
}

/** Task: finds the entries in a part of a tree whose name matches a pattern. Must be run with a time limit. */
export default function findPart({ pattern, glob, type, maxResult, ...args }: Args): Found {
  const matches = nameMatcher(pattern, glob);
  const answer = new AnswerSize("search.find", args.path, maxResult);
  const rest: Folder[] = [];
  let relatives = "";
  for (const entry of entriesOfPart(args, rest)) {
    if ((type !== "any" && entry.kind !== type) || !matches(entry)) continue;
    answer.add(Buffer.byteLength(entry.relative) + 3);
    relatives += `${entry.relative}\0`;
  }
  return { relatives, bytes: answer.bytes, rest };
}
