import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandLine } from "../../../internal/front/command-line.ts";
import { parseWords } from "../argv.ts";

/**
 * Below these are the descriptors and the state of the process that opens them: /dev/stdin, /dev/tty, /proc/self. In
 * /dev/shm are ordinary files.
 */
const OF_THE_PROCESS = /^\/(dev(?!\/shm\/.)|proc)(\/|$)/;

/**
 * Whether a command line would behave differently in a service: its time zone is another one, it names a file of its
 * own process, such as the /dev/fd/63 of a shell's `<(…)`, or `--verbose` shows where in the program an error occurred.
 */
export function needsOwnProcess({ words, cwd, env }: Pick<CommandLine, "words" | "cwd" | "env">): boolean {
  if (env.TZ !== process.env.TZ) return true;
  const { root, verbose } = globalsIn(words);
  if (verbose) return true;
  const folders = [...new Set([cwd, resolve(cwd, root)])]; // XyPriss's client names the current directory as root
  return ["", ...words].some((word) => {
    const value = word.replace(/^--[\w-]+=/, "");
    return folders.some((folder) => leadsToProcess(resolve(folder, value)));
  });
}

/**
 * Whether a path is a file of the process, or a symbolic link, which may lead to one, as a log file does that leads to
 * /dev/stdout. The link is not read, because that changes its access time.
 */
function leadsToProcess(path: string): boolean {
  return OF_THE_PROCESS.test(path) || isLink(path);
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false; // the command reports what is wrong with the path
  }
}

function globalsIn(words: readonly string[]): { readonly root: string; readonly verbose: boolean } {
  try {
    const { root = ".", verbose } = parseWords(words).globals;
    return { root, verbose };
  } catch {
    return { root: ".", verbose: false }; // the command line is reported as invalid when it is run
  }
}
