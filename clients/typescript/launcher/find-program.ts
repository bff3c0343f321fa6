import { type Found, installedExecutable } from "../start/platform-package.ts";

/**
 * The program that the launcher runs. `XSYS_PATH` may name a script that runs the launcher again, as pnpm's
 * `node_modules/.bin/xsys` does, so it is followed once: `XSYS_PATH_FOLLOWED` tells the second launcher to look for the
 * package, and xsys removes it from its environment.
 */
export function findProgram(launcher: string, env: NodeJS.ProcessEnv = process.env): Found {
  const { XSYS_PATH: named = "", XSYS_PATH_FOLLOWED: followed } = env;
  delete env.XSYS_PATH_FOLLOWED;
  if (followed === undefined || named === "") {
    delete env.XSYS_PARENT; // not of a launcher before this one
    if (named !== "") env.XSYS_PATH_FOLLOWED = "1";
    return installedExecutable(launcher, undefined, named);
  }
  const found = installedExecutable(launcher, undefined, "");
  if ("file" in found) return found;
  return { problem: `XSYS_PATH names ${named}, which runs this launcher again, and ${found.problem}` };
}
