import { access, constants, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";

/**
 * Absolute path of the first executable file with this name in PATH; undefined if there is none. Relative folders in
 * PATH are resolved against `cwd`. Symbolic links are not resolved: version managers name their programs by links.
 */
export async function programOnPath(
  name: string,
  {
    env = process.env,
    cwd = process.cwd(),
  }: { readonly env?: Readonly<NodeJS.ProcessEnv>; readonly cwd?: string } = {},
): Promise<string | undefined> {
  const file = process.platform === "win32" && !/\.[a-z]+$/i.test(name) ? `${name}.exe` : name;
  for (const folder of (env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const path = resolve(cwd, join(folder, file));
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** Whether a path is a file that this user may execute. */
export async function isProgram(path: string): Promise<boolean> {
  const isExecutable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isExecutable && (await stat(path)).isFile();
}
