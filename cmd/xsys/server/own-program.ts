import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, join, resolve } from "node:path";
import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";

/** How this process was started. */
interface Start {
  /** What a launcher that runs Node says that it was started as: `XSYS_PROGRAM`. */
  readonly launcher: string | undefined;
  /** This process's own executable is xsys, and not a Node that runs its sources. */
  readonly isExecutable: boolean;
  readonly executable: string;
  /** The name that the executable was started by: a path, or a name that was found on PATH. */
  readonly name: string;
  /** The script that Node was given. */
  readonly script: string;
  readonly path: string;
}

/**
 * The file that starts xsys, under the name that this process was started by: a launcher, the executable or a link to it.
 * Undefined where there is none that can be started as a program, which the sources on Windows are not.
 */
export function ownProgram(start: Start = thisStart()): string | undefined {
  const { launcher, isExecutable, executable, name, script } = start;
  if (launcher !== undefined && isProgram(resolve(launcher))) return resolve(launcher);
  if (isExecutable) return namesOf(name, start.path).find((file) => isSame(file, executable)) ?? executable;
  if (process.platform === "win32") return undefined;
  return [script, STARTER].find((file) => isSame(file, STARTER) && isProgram(file));
}

/** A script with a first line that names its interpreter. */
const STARTER = fileURLToPath(new URL("../xsys.js", import.meta.url));

function thisStart(): Start {
  const { XSYS_PROGRAM: launcher, PATH: path = "" } = process.env;
  delete process.env.XSYS_PROGRAM; // it says nothing of the programs that this process starts
  const [, script = ""] = process.argv;
  return { launcher, isExecutable: isSea(), executable: process.execPath, name: process.argv0, script, path };
}

/** Where a name may have been found. */
function namesOf(name: string, path: string): string[] {
  if (name !== basename(name)) return [resolve(name)];
  return path.split(delimiter).map((folder) => resolve(join(folder, name)));
}

function isSame(file: string, other: string): boolean {
  try {
    return realpathSync(file) === realpathSync(other);
  } catch {
    return false;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
