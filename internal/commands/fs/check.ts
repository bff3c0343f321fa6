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

/** ELOOP: symbolic links form a loop. ENAMETOOLONG: no file can have such a name. */
const MISSING = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"];
const REFUSED = [...MISSING, "EACCES", "EPERM", "EROFS", "ETXTBSY"];

/**
 * Calls access(2). For existence alone, EACCES is thrown instead of returned as false: a parent folder cannot be
 * searched, so the answer is unknown, and with "false" a caller might create a file that already exists.
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
