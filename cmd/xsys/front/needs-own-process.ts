import { lstatSync, readlinkSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { CommandLine } from "../../../internal/front/command-line.ts";
import { parseWords } from "../argv.ts";

/** Below these are the descriptors and the state of the process that opens them: /dev/stdin, /dev/tty, /proc/self. */
const OF_THE_PROCESS = /^\/(dev|proc)(\/|$)/;
/** The limit of Linux before ELOOP. */
const MOST_LINKS = 40;

/**
 * Whether a command line would behave differently in a service: its time zone is another one, it names a file of its
 * own process, such as the /dev/fd/63 of a shell's `<(…)`, or `--verbose` shows where in the program an error occurred.
 */
export function needsOwnProcess({ words, cwd, env }: Pick<CommandLine, "words" | "cwd" | "env">): boolean {
  if (env.TZ !== process.env.TZ) return true;
  const { root, verbose } = globalsIn(words);
  if (verbose) return true;
  const folders = [cwd, resolve(cwd, root)];
  return ["", ...words].some((word) => {
    const value = word.replace(/^--[\w-]+=/, "");
    return folders.some((folder) => leadsToProcess(resolve(folder, value)));
  });
}

/** Whether a path is a file of the process, or a symbolic link to one, such as a log file that leads to /dev/stdout. */
function leadsToProcess(path: string, links = 0): boolean {
  if (OF_THE_PROCESS.test(path)) return true;
  const target = links === MOST_LINKS ? undefined : targetOf(path);
  return target !== undefined && leadsToProcess(resolve(dirname(path), target), links + 1);
}

/** The target of a symbolic link; undefined if the path is none. */
function targetOf(path: string): string | undefined {
  try {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? readlinkSync(path) : undefined;
  } catch {
    return undefined; // the command reports what is wrong with the path
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
