import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** Where a program lies, as the operating system looks for it; undefined when it is nowhere on the path. */
export function findProgram(
  name: string,
  { cwd, path }: { readonly cwd: string; readonly path: string },
): string | undefined {
  if (isAbsolute(name) || name.includes("/")) return resolve(cwd, name);
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(resolve(cwd, folder), name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
