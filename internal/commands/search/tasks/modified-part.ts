import { AnswerSize } from "../../../files/answer-size.ts";
import { entriesOfPart, type Part, type PartArgs } from "../../../files/tree-parts.ts";
import type { Folder } from "../../../files/walk.ts";

interface Args extends PartArgs {
  /** Unix time in milliseconds. */
  readonly since: number;
  /** Bytes. */
  readonly maxResult: number;
}

interface Found extends Part {
  readonly files: readonly { readonly relative: string; readonly modified: number }[];
  readonly bytes: number;
}

/** Task: finds the regular files in a part of a tree that were modified after `since`. */
export default function modifiedPart({ since, maxResult, ...args }: Args): Found {
  const answer = new AnswerSize("search.modified", args.path, maxResult);
  const rest: Folder[] = [];
  const files: { relative: string; modified: number }[] = [];
  for (const entry of entriesOfPart(args, rest)) {
    if (entry.kind !== "file") continue;
    const modified = entry.lstat()?.mtimeMs;
    if (modified === undefined || modified <= since) continue;
    answer.add(Buffer.byteLength(entry.relative) + 3);
    files.push({ relative: entry.relative, modified });
  }
  return { files, bytes: answer.bytes, rest };
}
