import { dirname as folderOf, sep } from "node:path";
import { dirname } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(dirname, ({ path }) => withoutSlashes(folderOf(path)));

/** For `a//b`, Node's dirname returns `a/`, but dirname(1) returns `a`. */
function withoutSlashes(folder: string): string {
  let end = folder.length;
  while (sep === "/" && end > 1 && folder[end - 1] === "/") end--;
  return folder.slice(0, end);
}
