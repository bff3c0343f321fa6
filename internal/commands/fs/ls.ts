import { ls } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { jsonArray } from "../../base/raw-json.ts";
import { AnswerSize } from "../../files/answer-size.ts";
import { inParts } from "../../files/tree-parts.ts";
import type { Stretch } from "./shared/stretches.ts";
import type { Listing } from "./tasks/list-folder.ts";

export default handle(ls, async ({ path, stats, recursive }, { host, signal }) => {
  const { maxResult } = host;
  const [first, ...others] = await inParts<Listing, Stretch>((shared) =>
    host.tasks.run("list-folder", { path, shared, recursive, stats, maxResult }, { signal }),
  );
  const answer = new AnswerSize("fs.ls", path, maxResult);
  for (const { size } of [first, ...others]) answer.add(size);
  const pieces: Uint8Array[] = [];
  for (const { bytes, filled } of others) {
    let start = 0;
    for (const { place, end } of filled) {
      pieces[place] = bytes.subarray(start, end);
      start = end;
    }
  }
  return jsonArray([...pieces, first.bytes.subarray(first.tail)]);
});
