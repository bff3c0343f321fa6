/** What benches need to run pm2 from npm, in a folder of its own (PM2_HOME). */
import { readFile } from "node:fs/promises";
import { createRequire, findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import type { Words } from "./files/program.ts";

/** Program and arguments of its command line. */
export function pm2Words(): Words {
  return [process.execPath, createRequire(import.meta.url).resolve("pm2/bin/pm2")];
}

/** The environment of its command line, with its applications on this Node. */
export function pm2Environment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    PM2_HOME: home,
    PM2_DISCRETE_MODE: "true",
  };
}

/** Process id of its daemon. */
export async function pm2Daemon(home: string): Promise<number> {
  return Number(await readFile(join(home, "pm2.pid"), "utf8"));
}

export function hasPm2(): boolean {
  try {
    return findPackageJSON("pm2", import.meta.url) !== undefined;
  } catch {
    return false; // it throws when the package's folder does not exist
  }
}
