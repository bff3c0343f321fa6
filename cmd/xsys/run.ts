import type { CommandLine } from "../../internal/front/command-line.ts";
import { handlers } from "../../internal/host/handlers.ts";
import type { CommandName } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { ERRORS, XsysError } from "../../protocol/errors.ts";
import { didYouMean } from "../../protocol/suggest.ts";
import { parseWords } from "./argv.ts";
import { runOneShot } from "./one-shot.ts";
import { HandOver, type Place } from "./place.ts";
import { isTerminalRun } from "./terminal-words.ts";
import { COMPLETE_WORD, isProgram, MODULES, WORDS } from "./words.ts";

/**
 * Runs a command line in a place and returns the exit status.
 * @throws HandOver
 */
export async function run(line: CommandLine, place: Place): Promise<number> {
  return reportingErrors(line, async () => {
    const { words } = line;
    if (words[0] === COMPLETE_WORD) return printCompletions(line);
    if (isTerminalRun(words)) throw new HandOver();
    const { globals, positionals } = parseWords(words);
    const [module, action] = positionals;
    if (globals.version) return printVersion(line);
    if (globals.help || module === undefined) return printHelp(line, positionals);
    return dispatch(line, place, module, action);
  });
}

/** Runs and returns the exit status; an error is reported, and its exit status returned. @throws HandOver */
export async function reportingErrors(line: CommandLine, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof HandOver) throw error;
    const { reportError } = await import("./report-error.ts");
    await reportError(line, error, { json: line.words.includes("--json"), verbose: false });
    return ERRORS[error instanceof XsysError ? error.code : "INTERNAL"].exit;
  }
}

async function dispatch(line: CommandLine, place: Place, module: string, action: string | undefined) {
  const { words } = line;
  if (isProgram(module)) throw new HandOver();
  if (module === "completion") return printCompletionScript(line, action);
  if (module === "help") return printHelp(line, parseWords(words).positionals.slice(1));
  const shorthand = Object.hasOwn(WORDS, module) ? WORDS[module]?.command : undefined;
  if (shorthand !== undefined) {
    return runOneShot(await contractNamed(shorthand), longForm(words, module, shorthand), line, place);
  }
  if (action === undefined && isModule(module)) {
    throw new XsysError("UNKNOWN_COMMAND", `${module} needs an action; see: xsys ${module} --help`);
  }
  return runOneShot(await contractNamed(action === undefined ? module : `${module}.${action}`), words, line, place);
}

/** A command's contract, loaded through its handler so that no other one is loaded: loading all takes 10 ms. */
async function contractNamed(name: string): Promise<Contract> {
  if (Object.hasOwn(handlers, name)) return (await handlers[name as CommandName]()).default.contract;
  const [module = "", action = ""] = name.split(".");
  if (!isModule(module)) {
    const known = [...Object.keys(MODULES), ...Object.keys(WORDS)];
    throw new XsysError("UNKNOWN_COMMAND", `there is no command "${module}"${didYouMean(module, known)}`);
  }
  const actions = Object.keys(handlers).flatMap((known) =>
    known.startsWith(`${module}.`) ? known.slice(module.length + 1) : [],
  );
  throw new XsysError("UNKNOWN_COMMAND", `${module} has no action "${action}"${didYouMean(action, actions)}`);
}

/** `stop --force` is `service stop --force`. */
function longForm(words: readonly string[], shorthand: string, name: string): string[] {
  const at = words.indexOf(shorthand);
  return [...words.slice(0, at), ...name.split("."), ...words.slice(at + 1)];
}

function isModule(name: string): boolean {
  return Object.hasOwn(MODULES, name);
}

async function printVersion({ stdout }: CommandLine): Promise<number> {
  const { versionText } = await import("./version-text.ts");
  await stdout.write(`${versionText()}\n`);
  return 0;
}

async function printHelp({ stdout }: CommandLine, words: readonly string[]): Promise<number> {
  const { helpText } = await import("./help/help-text.ts");
  await stdout.write(await helpText([...words], { columns: stdout.columns ?? 80 }));
  return 0;
}

async function printCompletionScript({ stdout }: CommandLine, shell = ""): Promise<number> {
  const { completionScript, isShell, SHELLS } = await import("./help/completion-script.ts");
  if (!isShell(shell)) throw new XsysError("INVALID_PARAMS", `completion needs a shell: ${SHELLS.join(", ")}`);
  await stdout.write(completionScript(shell));
  return 0;
}

/** Prints completion candidates. It never prints an error, because the shell would insert it into the user's line. */
async function printCompletions({ words, stdout }: CommandLine): Promise<number> {
  const { complete } = await import("./help/complete.ts");
  await stdout.write(
    complete(words.slice(1))
      .map((candidate) => `${candidate}\n`)
      .join(""),
  );
  return 0;
}
