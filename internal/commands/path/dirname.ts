import { dirname as folderOf, sep } from "node:path";
import { dirname } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(dirname, ({ path }) => withoutSlashes(folderOf(path)));

/** Of `a//b`, Node's dirname leaves `a/`, and dirname(1) `a`. */
function withoutSlashes(folder: string): string {
  let end = folder.length;
  while (sep === "/" && end > 1 && folder[end - 1] === "/") end--;
  return folder.slice(0, end);
}
