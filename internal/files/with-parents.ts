import { dirname } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** Creates an entry. If a parent folder is missing, creates it and tries once more. */
export async function withParents<T>(path: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeFolder(dirname(path));
    return make();
  }
}
