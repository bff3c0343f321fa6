import { du } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { treeSize } from "./shared/tree-size.ts";

export default handle(du, async ({ path }, context) => {
  const { size, files, folders } = await treeSize(path, context);
  return { path: context.asked.path as string, size, file_count: files, dir_count: folders };
});
