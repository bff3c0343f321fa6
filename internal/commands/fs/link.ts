import { symlink } from "node:fs/promises";
import { link } from "../../../protocol/commands/fs-tree.ts";
import { handle } from "../../base/handler.ts";
import { withParents } from "../../files/with-parents.ts";

export default handle(link, async ({ src, dest }) => {
  await withParents(dest, () => symlink(src, dest));
  return null;
});
