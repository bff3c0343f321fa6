import { lstatSync, renameSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/**
 * Renames files in order, without replacing existing ones. If one fails, or `pause` throws, the completed ones are
 * undone. (Between the check and the rename another process may create the target: Node has no renameat2(2).)
 */
export async function renameAll(renamings: readonly Renaming[], pause: () => Promise<void> | undefined): Promise<void> {
  const done: Renaming[] = [];
  try {
    for (const renaming of renamings) {
      await pause();
      refuseTaken(renaming);
      renameSync(renaming.from, renaming.to);
      done.push(renaming);
    }
  } catch (error) {
    const stuck = undo(done);
    if (stuck.length === 0) throw error;
    const names = stuck.map(({ from, to }) => `${to} (was ${from})`).join(", ");
    const reason = error instanceof Error ? error.message : String(error);
    throw new XsysError("IO_ERROR", `renaming failed: ${reason}; these renames could not be undone: ${names}`, {
      details: { stuck },
      cause: error,
    });
  }
}

function undo(done: readonly Renaming[]): Renaming[] {
  return done.toReversed().filter(({ from, to }) => {
    try {
      renameSync(to, from);
      return false;
    } catch {
      return true;
    }
  });
}

/** On a case-insensitive file system `A` exists because `a` does, so a change of case is allowed. */
function refuseTaken({ from, to }: Renaming): void {
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (from.toLowerCase() === to.toLowerCase()) {
    const { ino, dev } = lstatSync(from);
    if (there.ino === ino && there.dev === dev) return;
  }
  throw new XsysError("ALREADY_EXISTS", `renaming failed on ${from}: ${to} already exists`, {
    details: { path: from, dest: to },
  });
}
