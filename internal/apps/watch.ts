import { stat } from "node:fs/promises";
import { parse, resolve } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import type { AppSpec } from "../keeper/app-spec.ts";
import { ignoring } from "../watching/ignore.ts";
import type { AppDefinition } from "./app-definition.ts";
import { durationOf, mustBe } from "./quantities.ts";

/** Milliseconds without a change after which an app is restarted. An editor saves a file in several steps. */
const DELAY = 200;

/**
 * The files whose changes restart an app. By default, those in its working directory.
 * @throws NOT_FOUND for a path; INVALID_PARAMS
 */
export async function watchOf(
  { watch = false, ignoreWatch = [], watchDelay = DELAY }: Pick<AppDefinition, "watch" | "ignoreWatch" | "watchDelay">,
  cwd: string,
): Promise<Pick<AppSpec, "watch">> {
  const given = watch === true ? ["."] : watch === false ? [] : [watch].flat();
  const paths = given.map((path) => resolve(cwd, path));
  const ignore = [ignoreWatch].flat();
  ignoring(ignore); // throws if one of them is not accepted
  if (paths.length === 0) return {};
  for (const path of paths) await refuseUnwatchable(path);
  return { watch: { paths, ignore, delay: durationOf("watchDelay", watchDelay) } };
}

async function refuseUnwatchable(path: string): Promise<void> {
  if (path === parse(path).root) throw mustBe("watch", "a file or a directory below the root directory", path);
  await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    const hint = /[*?{}]/.test(path) ? ": patterns are not supported, name a directory and use ignoreWatch" : "";
    throw new XsysError("NOT_FOUND", `watch: ${path} does not exist${hint}`);
  });
}
