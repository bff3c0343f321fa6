import { open } from "node:fs/promises";
import { extname } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import { isProgram, programOnPath } from "../processes/program-on-path.ts";
import type { Surroundings } from "./surroundings.ts";

/** Whether a file is run by Node, or by Bun. A `#!` line does not change that: options and the preload need Node. */
export function isForNode(file: string): boolean {
  return /\.(?:[cm]?[jt]s|[jt]sx)$/i.test(file);
}

/**
 * The interpreter of a script, with its options: from its `#!` line if it is not executable, else by its ending.
 * Undefined for a file that runs itself, and for one whose interpreter is unknown.
 * @throws NOT_FOUND if the interpreter is not in PATH
 */
export async function interpreterOf(
  file: string,
  surroundings: Surroundings,
): Promise<[string, ...string[]] | undefined> {
  const shebang = await shebangOf(file);
  if (shebang !== undefined) return (await isProgram(file)) ? undefined : shebang;
  const known = INTERPRETERS[extname(file).toLowerCase()];
  if (known === undefined) return undefined;
  for (const [name, ...options] of known) {
    const program = await programOnPath(name, surroundings);
    if (program !== undefined) return [program, ...options];
  }
  const names = known.map(([name]) => name).join(" or ");
  throw new XsysError("NOT_FOUND", `the interpreter ${names} for ${file} is not in PATH`);
}

type Command = readonly [string, ...string[]];

/** By ending: the usual program, or the first of several that is installed. */
const INTERPRETERS: Readonly<Record<string, readonly Command[]>> = {
  ".py": [["python3"], ["python"]],
  ".pyc": [["python3"], ["python"]],
  ".sh": [["sh"]],
  ".bash": [["bash"]],
  ".zsh": [["zsh"]],
  ".fish": [["fish"]],
  ".rb": [["ruby"]],
  ".pl": [["perl"]],
  ".php": [["php"]],
  ".lua": [["lua"], ["luajit"]],
  ".r": [["Rscript"]],
  ".tcl": [["tclsh"]],
  ".jl": [["julia"]],
  ".exs": [["elixir"]],
  ".coffee": [["coffee"]],
  ".jar": [["java", "-jar"]],
  ".ps1": [["pwsh", "-File"]],
};

/** Whether the ending of a file says which interpreter runs it. */
export function isScript(file: string): boolean {
  return isForNode(file) || Object.hasOwn(INTERPRETERS, extname(file).toLowerCase());
}

/** Bytes in which Linux looks for a `#!` line. */
const LINE_BYTES = 256;

/** Program and option of a `#!` line, as execve(2) reads it: the option is the whole rest of the line. */
export async function shebangOf(file: string): Promise<[string, ...string[]] | undefined> {
  const head = Buffer.alloc(LINE_BYTES);
  const handle = await open(file).catch(() => undefined); // executable files need not be readable
  if (handle === undefined) return undefined;
  try {
    const { bytesRead } = await handle.read(head, 0, LINE_BYTES, 0);
    const [line = ""] = head.toString("utf8", 0, bytesRead).split("\n");
    const [, program, option = ""] = /^#![ \t]*(\S+)[ \t]*(.*?)\s*$/.exec(line) ?? [];
    if (program === undefined) return undefined;
    return option === "" ? [program] : [program, option];
  } finally {
    await handle.close();
  }
}
