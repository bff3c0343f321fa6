import { dirname } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** Makes an entry, and the folders on the way to it when that fails for the want of them. */
export async function withParents<T>(path: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeFolder(dirname(path));
    return make();
  }
}
