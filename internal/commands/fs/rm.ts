import { lstat, unlink } from "node:fs/promises";
import { rm } from "../../../protocol/commands/fs-tree.ts";
import { handle } from "../../base/handler.ts";
import { isGone } from "../../files/walk.ts";
import { refuseRoot } from "./shared/refuse-root.ts";

export default handle(rm, async ({ path, force }, { host, signal }) => {
  await refuseRoot("fs.rm", path, host.root);
  try {
    if ((await lstat(path)).isDirectory()) await host.tasks.run("remove-tree", { path }, { signal });
    else await unlink(path);
  } catch (error) {
    if (!force || !isGone(error)) throw error;
  }
  return null;
});
