import { stat } from "node:fs/promises";
import { XsysError } from "../../../../protocol/errors.ts";

/** Accepts only regular files, or symbolic links to them: only these have contents that can be changed in place. */
export async function refuseIrregular(command: string, path: string): Promise<void> {
  const stats = await stat(path);
  if (stats.isFile()) return;
  const [code, what] = stats.isDirectory()
    ? (["IS_A_DIRECTORY", "it is a directory"] as const)
    : (["INVALID_PARAMS", "it is not a regular file"] as const);
  throw new XsysError(code, `${command} failed on ${path}: ${what}`, { details: { path } });
}
