import { symlink } from "node:fs/promises";
import { link } from "../../protocol/commands/fs-change.ts";
import { handle } from "../handler.ts";
import { withParents } from "./with-parents.ts";

export default handle(link, async ({ src, dest }) => {
  await withParents(dest, () => symlink(src, dest));
  return null;
});
