import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import { programFile, startFault } from "../../protocol/start-failure.ts";
import { isProgram, programOnPath } from "../processes/program-on-path.ts";
import { splitCommand, splitWords } from "../processes/split-command.ts";
import type { AppDefinition } from "./app-definition.ts";
import { folderEntry, missingEntry } from "./entry-failure.ts";
import { interpreterOf, isForNode, isScript } from "./interpreters.ts";
import { mustBe } from "./quantities.ts";
import { nodeFor } from "./script-runtime.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Program {
  readonly command: readonly [string, ...string[]];
  /** Path of the script or program that the app is named after. */
  readonly named: string;
  /** Variables that this program needs, if the user did not set them. */
  readonly environment: Readonly<Record<string, string>>;
}

type Words = Pick<AppDefinition, "entry" | "command" | "args" | "interpreter" | "nodeArgs">;

/** @throws INVALID_PARAMS, NOT_FOUND, IS_A_DIRECTORY, UNSUPPORTED */
export async function resolveProgram(definition: Words, surroundings: Surroundings): Promise<Program> {
  const { entry, command } = definition;
  if ((entry === undefined) === (command === undefined)) throw invalid("an app needs either an entry or a command");
  const program =
    entry === undefined
      ? await commandProgram(command ?? [], definition, surroundings)
      : await entryProgram(entry, definition, surroundings);
  const words = [...program.command, ...wordsOf("args", definition.args)] as const;
  if (words.some((word) => word.includes("\0"))) throw invalid("the command must not contain a NUL character");
  const runner = basename(program.command[0]);
  return {
    command: words as readonly string[] as Program["command"],
    named: program.named,
    // Python writes to a pipe in blocks of 8 KiB: a crash would lose the lines that explain it.
    environment: /^python[\d.]*$/.test(runner) ? { PYTHONUNBUFFERED: "1" } : {},
  };
}

type Found = Pick<Program, "command" | "named">;

/** A command is run as it is: no interpreter is added. */
async function commandProgram(
  command: string | readonly string[],
  definition: Words,
  surroundings: Surroundings,
): Promise<Found> {
  const [program, ...args] = typeof command === "string" ? splitCommand(command, "command") : command;
  if (program === undefined || program === "") throw invalid("command must have a program as its first word");
  refuseInterpreter(definition, "a command is run as it is");
  return namedByScript(ownProgram(program, args, surroundings), args, surroundings);
}

async function entryProgram(
  entry: string,
  definition: Words,
  surroundings: Surroundings,
  mayBeLine = true,
): Promise<Found> {
  if (entry.trim() === "") throw invalid("entry must not be empty");
  const file = resolve(surroundings.cwd, entry);
  const kind = await kindOf(file);
  if (kind === "file") return { command: await fileCommand(file, definition, surroundings), named: file };
  if (definition.interpreter === undefined || definition.interpreter === "none") {
    // A name without a slash is looked up in PATH, even if a directory has the same name.
    if (!entry.includes("/") && (await programOnPath(entry, surroundings)) !== undefined) {
      refuseInterpreter({ nodeArgs: definition.nodeArgs }, `${entry} is a program`);
      return ownProgram(entry, [], surroundings);
    }
    if (kind === undefined && mayBeLine && /\s/.test(entry.trim())) return lineProgram(entry, definition, surroundings);
  }
  if (kind === "folder") throw await folderEntry(file);
  if (kind === "other") throw invalid(`the entry ${file} is not a regular file`);
  throw await missingEntry(entry, file);
}

/** An entry with arguments: `python3 -m http.server`, `server.js --verbose`. */
async function lineProgram(line: string, definition: Words, surroundings: Surroundings): Promise<Found> {
  const [program, ...args] = splitCommand(line, "entry");
  const found = await entryProgram(program, definition, surroundings, false);
  return namedByScript({ ...found, command: [...found.command, ...args] }, args, surroundings);
}

/** `node server.js` and `python3 -u app.py` are named after their script. */
async function namedByScript(found: Found, args: readonly string[], { cwd }: Surroundings): Promise<Found> {
  const word = args.find((arg) => !arg.startsWith("-"));
  if (word === undefined || !isScript(word)) return found;
  const script = resolve(cwd, word);
  return (await kindOf(script)) === "file" ? { ...found, named: script } : found;
}

/** What runs an existing file. */
async function fileCommand(
  file: string,
  { interpreter, nodeArgs }: Words,
  surroundings: Surroundings,
): Promise<Program["command"]> {
  const options = wordsOf("nodeArgs", nodeArgs);
  if (interpreter !== undefined && interpreter !== "none") {
    return [...(await givenInterpreter(interpreter, surroundings)), ...options, file];
  }
  if (interpreter === undefined) {
    if (isForNode(file)) return await nodeFor(file, options, surroundings);
    const found = await interpreterOf(file, surroundings);
    if (found !== undefined) return [...found, ...options, file];
  }
  refuseInterpreter({ nodeArgs }, `${file} is run without an interpreter`);
  if (!(await isProgram(file))) throw notExecutable(file, interpreter);
  return ownProgram(file, [], surroundings).command;
}

/** The interpreter that the user names, possibly with options. */
async function givenInterpreter(interpreter: string, surroundings: Surroundings): Promise<Program["command"]> {
  const isOneFile = (await kindOf(resolve(surroundings.cwd, interpreter))) === "file" && interpreter.includes("/");
  const [name, ...options] = isOneFile ? [interpreter] : splitCommand(interpreter, "interpreter");
  if (name === "node") return [(await programOnPath("node", surroundings)) ?? (await surroundings.node()), ...options];
  return ownProgram(name, options, surroundings, "the interpreter ").command;
}

/** A program that runs itself, by its absolute path. */
function ownProgram(program: string, args: readonly string[], { cwd, env }: Surroundings, what = ""): Found {
  const reason = startFault("ENOENT", { program, cwd, env });
  const file = programFile({ program, cwd, env });
  if (reason !== undefined || file === undefined) {
    throw new XsysError("NOT_FOUND", `${what}${program} cannot be started: ${reason ?? "it does not exist"}`);
  }
  return { command: [file, ...args], named: file };
}

function notExecutable(file: string, interpreter: string | undefined): XsysError {
  const hint =
    interpreter === "none" ? "" : `, and no interpreter is known for ${ending(file)}: name one by "interpreter"`;
  return invalid(`the entry ${file} is not executable${hint}, or run chmod +x ${basename(file)}`);
}

function ending(file: string): string {
  return extname(file) === "" ? "a name without an ending" : `the ending ${extname(file)}`;
}

function refuseInterpreter({ interpreter, nodeArgs }: Words, why: string): void {
  if (interpreter !== undefined && interpreter !== "none") throw invalid(`interpreter cannot be used: ${why}`);
  if (nodeArgs !== undefined && nodeArgs.length > 0) throw invalid(`nodeArgs cannot be used: ${why}`);
}

function wordsOf(name: string, words: string | readonly string[] | undefined): readonly string[] {
  if (words === undefined) return [];
  const list = typeof words === "string" ? splitWords(words) : words;
  if (list !== undefined) return list;
  throw mustBe(name, "a text without unclosed quotes, or a list of texts", words);
}

async function kindOf(path: string): Promise<"file" | "folder" | "other" | undefined> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"].includes(error.code ?? "")) return undefined;
    throw error;
  });
  if (stats === undefined) return undefined;
  return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
}

function invalid(message: string): XsysError {
  return new XsysError("INVALID_PARAMS", message);
}
