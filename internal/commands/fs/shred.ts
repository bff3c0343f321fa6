import { lstat } from "node:fs/promises";
import { shred } from "../../../protocol/commands/fs-tree.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";
import { refuseIrregular } from "./shared/refuse-irregular.ts";

export default handle(shred, async ({ path, passes }, { host, signal }) => {
  if ((await lstat(path)).isSymbolicLink()) {
    throw new XsysError("INVALID_PARAMS", `fs.shred failed on ${path}: it is a symbolic link`, { details: { path } });
  }
  await refuseIrregular("fs.shred", path);
  await interruptible(signal, (interrupt) => host.tasks.run("shred-file", { path, passes, interrupt }));
  return null;
});
