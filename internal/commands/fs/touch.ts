import { open, utimes } from "node:fs/promises";
import { touch } from "../../../protocol/commands/fs-tree.ts";
import { handle } from "../../base/handler.ts";
import { withParents } from "../../files/with-parents.ts";

export default handle(touch, async ({ path }) => {
  const now = Date.now() / 1000;
  try {
    await utimes(path, now, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const file = await withParents(path, () => open(path, "a"));
    await file.close();
  }
  return null;
});
