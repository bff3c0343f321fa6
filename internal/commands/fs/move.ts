import { lstat, readdir, realpath, rename, unlink } from "node:fs/promises";
import { move } from "../../../protocol/commands/fs-tree.ts";
import { XsysError } from "../../../protocol/errors.ts";
import type { Context } from "../../base/context.ts";
import { handle } from "../../base/handler.ts";
import { tempBeside, withRequestedPath } from "../../files/temp-path.ts";
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

/**
 * Renaming one hard link of a file onto another one succeeds and does nothing (rename(2)), so the source is removed
 * here.
 */
async function removeOtherName(src: string, dest: string): Promise<void> {
  const [left, real] = await Promise.all([realpath(src).catch(() => undefined), realpath(dest)]);
  if (left !== undefined && left !== real) await unlink(src);
}

function intoItself(src: string, dest: string, cause: unknown): XsysError {
  return new XsysError("INVALID_PARAMS", `fs.move failed on ${src}: ${dest} is inside it`, {
    details: { path: src, dest },
    cause,
  });
}

/**
 * Moves to another file system: copies everything beside the destination, renames the copy, then removes the source.
 */
async function moveAcross(src: string, dest: string, context: Context): Promise<void> {
  await refuseOccupied(src, dest);
  const copy = tempBeside(dest);
  const keep = { times: true, owner: true };
  try {
    await runCopy({ src, dest: copy, keep, skipSame: false }, context);
    await rename(copy, dest);
  } catch (error) {
    // The removal fails if there is nothing to remove: a failed copy removes itself.
    await context.host.tasks.run("remove-tree", { path: copy, unlock: true }).catch(() => {});
    throw withRequestedPath(error, copy, dest);
  }
  await context.host.tasks.run("remove-tree", { path: src });
}

/** Checks, before anything is copied, for a destination that the final rename could not replace. */
async function refuseOccupied(src: string, dest: string): Promise<void> {
  const [from, to] = await Promise.all([lstat(src), lstat(dest).catch(() => undefined)]);
  if (to === undefined) return;
  const code = occupied(from.isDirectory(), to.isDirectory(), to.isDirectory() && (await readdir(dest)).length > 0);
  if (code !== undefined) {
    throw new XsysError(code, `fs.move failed on ${src}: cannot replace ${dest}`, { details: { path: src, dest } });
  }
}

function occupied(fromFolder: boolean, toFolder: boolean, hasEntries: boolean) {
  if (fromFolder && !toFolder) return "NOT_A_DIRECTORY";
  if (!fromFolder && toFolder) return "IS_A_DIRECTORY";
  return hasEntries ? "NOT_EMPTY" : undefined;
}
