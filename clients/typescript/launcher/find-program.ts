import { type Found, installedExecutable } from "../start/platform-package.ts";

/**
 * The program that the launcher runs. `XSYS_PATH` may name a script that runs the launcher again, such as pnpm's
 * `node_modules/.bin/xsys`, so it is followed only once: when `XSYS_PATH_FOLLOWED` is set, the second launcher looks
 * for the package instead. xsys removes that variable from its environment.
 */
export function findProgram(launcher: string, env: NodeJS.ProcessEnv = process.env): Found {
  const { XSYS_PATH: named = "", XSYS_PATH_FOLLOWED: followed } = env;
  delete env.XSYS_PATH_FOLLOWED;
  if (followed === undefined || named === "") {
    delete env.XSYS_PARENT; // it was not set by a launcher that started this one
    if (named !== "") env.XSYS_PATH_FOLLOWED = "1";
    return installedExecutable(launcher, undefined, named);
  }
  const found = installedExecutable(launcher, undefined, "");
  if ("file" in found) return found;
  return { problem: `XSYS_PATH names ${named}, which runs this launcher again, and ${found.problem}` };
}
