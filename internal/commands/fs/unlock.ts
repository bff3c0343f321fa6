import { unlink } from "node:fs/promises";
import { unlock } from "../../../protocol/commands/fs-guard.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import { lockFileOf } from "./shared/lock-file.ts";

export default handle(unlock, async ({ path }, { host }) => {
  try {
    await unlink(await lockFileOf(path, host));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new XsysError("NOT_FOUND", `fs.unlock failed on ${path}: it is not locked`, {
      details: { path },
      cause: error,
    });
  }
  return null;
});
