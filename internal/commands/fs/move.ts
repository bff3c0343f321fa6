import { lstat, readdir, realpath, rename, unlink } from "node:fs/promises";
import { move } from "../../../protocol/commands/fs-tree.ts";
import { XsysError } from "../../../protocol/errors.ts";
import type { Context } from "../../base/context.ts";
import { handle } from "../../base/handler.ts";
import { blaming, tempBeside } from "../../files/temp-path.ts";
import { withParents } from "../../files/with-parents.ts";
import { refuseRoot } from "./shared/refuse-root.ts";
import { runCopy } from "./shared/run-copy.ts";

export default handle(move, async ({ src, dest }, context) => {
  await refuseRoot("fs.move", src, context.host.root);
  const stats = await lstat(src);
  try {
    await withParents(dest, () => rename(src, dest));
    if (stats.isFile() && stats.nlink > 1) await removeOtherName(src, dest);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EINVAL") throw intoItself(src, dest, error);
    if (code !== "EXDEV") throw error;
    await moveAcross(src, dest, context);
  }
  return null;
});

/** The rename of one name of a file onto another of its names succeeds and does nothing (rename(2)). */
async function removeOtherName(src: string, dest: string): Promise<void> {
  const [left, real] = await Promise.all([realpath(src).catch(() => undefined), realpath(dest)]);
  if (left !== undefined && left !== real) await unlink(src);
}

function intoItself(src: string, dest: string, cause: unknown): XsysError {
  return new XsysError("INVALID_PARAMS", `fs.move failed on ${src}: ${dest} lies in it`, {
    details: { path: src, dest },
    cause,
  });
}

/** To another file system: a full copy beside the destination first, then its name, and only then the source goes. */
async function moveAcross(src: string, dest: string, context: Context): Promise<void> {
  await refuseOccupied(src, dest);
  const copy = tempBeside(dest);
  const keep = { times: true, owner: true };
  try {
    await runCopy({ src, dest: copy, keep, skipSame: false }, context);
    await rename(copy, dest);
  } catch (error) {
    await context.host.tasks.run("remove-tree", { path: copy, unlock: true }).catch(() => {}); // a copy that failed left none
    throw blaming(error, copy, dest);
  }
  await context.host.tasks.run("remove-tree", { path: src });
}

/** What the rename at the end would refuse, before anything is copied. */
async function refuseOccupied(src: string, dest: string): Promise<void> {
  const [from, to] = await Promise.all([lstat(src), lstat(dest).catch(() => undefined)]);
  if (to === undefined) return;
  const code = occupied(from.isDirectory(), to.isDirectory(), to.isDirectory() && (await readdir(dest)).length > 0);
  if (code !== undefined) {
    throw new XsysError(code, `fs.move failed on ${src}: ${dest} is in the way`, { details: { path: src, dest } });
  }
}

function occupied(fromFolder: boolean, toFolder: boolean, hasEntries: boolean) {
  if (fromFolder && !toFolder) return "NOT_A_DIRECTORY";
  if (!fromFolder && toFolder) return "IS_A_DIRECTORY";
  return hasEntries ? "NOT_EMPTY" : undefined;
}
