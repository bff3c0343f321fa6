import { access, constants } from "node:fs/promises";
import { check } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";

export default handle(check, async ({ path }) => {
  const [exists, readable, writable] = await Promise.all([
    isGranted(path, constants.F_OK, MISSING),
    isGranted(path, constants.R_OK, REFUSED),
    isGranted(path, constants.W_OK, REFUSED),
  ]);
  return { exists, readable, writable };
});

/** ELOOP is links that lead to each other, ENAMETOOLONG a name that nothing can have. */
const MISSING = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"];
const REFUSED = [...MISSING, "EACCES", "EPERM", "EROFS", "ETXTBSY"];

/**
 * Asks access(2). For existence alone EACCES is not among the answers: a folder on the way may not be searched, so
 * nobody can tell, and a "no" would have a caller create what is there.
 */
async function isGranted(path: string, mode: number, negative: readonly string[]): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch (error) {
    if (negative.includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
