import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import type { ResolveContext } from "./resolve-context.ts";

/**
 * Absolute path of an app's working directory. Links in it are kept.
 * @throws NOT_FOUND, NOT_A_DIRECTORY
 */
export async function workingFolder(
  cwd: string | undefined,
  context: Pick<ResolveContext, "env" | "cwd">,
): Promise<string> {
  const folder = resolve(await callersFolder(context), cwd ?? ".");
  const stats = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    throw new XsysError("NOT_FOUND", `the working directory ${folder} does not exist`);
  });
  if (!stats.isDirectory())
    throw new XsysError("NOT_A_DIRECTORY", `the working directory ${folder} is not a directory`);
  return folder;
}

/**
 * The caller's directory by the path that the shell shows: `process.cwd()` has no links any more, so an app that was
 * started in `releases/current` would stay in the release that this link names today.
 */
export async function callersFolder({ env, cwd }: Pick<ResolveContext, "env" | "cwd">): Promise<string> {
  const { PWD: shown = "" } = env;
  if (!isAbsolute(shown) || resolve(shown) === cwd) return cwd;
  const [one, other] = await Promise.all(
    [shown, cwd].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  const isSame = one !== undefined && one.ino === other?.ino && one.dev === other?.dev;
  return isSame ? resolve(shown) : cwd;
}
