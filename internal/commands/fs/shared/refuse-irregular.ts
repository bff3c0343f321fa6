import { stat } from "node:fs/promises";
import { XsysError } from "../../../../protocol/errors.ts";

/** Lets only a regular file through, also at the end of a link: what is changed in place has contents that stay. */
export async function refuseIrregular(command: string, path: string): Promise<void> {
  const stats = await stat(path);
  if (stats.isFile()) return;
  const [code, what] = stats.isDirectory()
    ? (["IS_A_DIRECTORY", "it is a directory"] as const)
    : (["INVALID_PARAMS", "it is no regular file"] as const);
  throw new XsysError(code, `${command} failed on ${path}: ${what}`, { details: { path } });
}
