import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";
import { MAIN_EXECUTABLE } from "../../../clients/front/build.ts";

/** How this process was started. */
interface Start {
  /** `XSYS_PROGRAM`: the path by which a launcher that runs Node was started. */
  readonly launcher: string | undefined;
  /** Whether the executable of this process is xsys itself, not a Node that runs the sources. */
  readonly isExecutable: boolean;
  readonly executable: string;
  /** The name by which the executable was started: a path, or a name that was found in PATH. */
  readonly name: string;
  /** The script that Node runs. */
  readonly script: string;
  readonly path: string;
}

/**
 * The file that starts xsys, by the name with which this process was started: a launcher, the native front, the
 * executable or a link to it. Undefined if there is no such program; on Windows, the sources cannot be started as a program.
 */
export function ownProgram(start: Start = thisStart()): string | undefined {
  const { launcher, isExecutable, executable, name, script } = start;
  if (launcher !== undefined && isProgram(resolve(launcher))) return resolve(launcher);
  if (isExecutable) return namesOf(name, start.path).find((file) => starts(file, executable)) ?? executable;
  if (process.platform === "win32") return undefined;
  return [script, STARTER].find((file) => isSame(file, STARTER) && isProgram(file));
}

/** A script with a `#!` line. */
const STARTER = fileURLToPath(new URL("../xsys.js", import.meta.url));

function thisStart(): Start {
  const { XSYS_PROGRAM: launcher, PATH: path = "" } = process.env;
  delete process.env.XSYS_PROGRAM; // it does not apply to the programs that this process starts
  const [, script = ""] = process.argv;
  return { launcher, isExecutable: isSea(), executable: process.execPath, name: process.argv0, script, path };
}

/** Paths at which a name may have been found. */
function namesOf(name: string, path: string): string[] {
  if (name !== basename(name)) return [resolve(name)];
  return path.split(delimiter).map((folder) => resolve(join(folder, name)));
}

/** Whether a file is the executable, or the native front beside it. */
function starts(file: string, executable: string): boolean {
  if (isSame(file, executable)) return true;
  try {
    return isSame(join(dirname(realpathSync(file)), MAIN_EXECUTABLE), executable);
  } catch {
    return false;
  }
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
