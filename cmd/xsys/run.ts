import { handlers } from "../../internal/host/handlers.ts";
import type { CommandName } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import { ERRORS, XsysError } from "../../protocol/errors.ts";
import { didYouMean } from "../../protocol/suggest.ts";
import { parseWords } from "./argv.ts";
import { takeLauncherEnvironment } from "./caller-pid.ts";
import { runOneShot } from "./one-shot.ts";
import { StandardOutput } from "./standard-streams.ts";
import { isTerminalRun } from "./terminal-words.ts";
import { COMPLETE_WORD, MODULES, WORDS } from "./words.ts";

/** Runs a command line and returns the exit status. */
export async function run(words: readonly string[]): Promise<number> {
  takeLauncherEnvironment();
  const json = words.includes("--json");
  try {
    if (words[0] === COMPLETE_WORD) return await printCompletions(words.slice(1));
    if (isTerminalRun(words)) return await (await import("./terminal-run.ts")).runInTerminal(words);
    const { globals, positionals } = parseWords(words);
    const [module, action] = positionals;
    if (globals.version) return await printVersion();
    if (globals.help || module === undefined) return await printHelp(positionals);
    return await dispatch(words, module, action);
  } catch (error) {
    const { reportError } = await import("./report-error.ts");
    await reportError(error, { json, verbose: false });
    return ERRORS[error instanceof XsysError ? error.code : "INTERNAL"].exit;
  }
}

async function dispatch(words: readonly string[], module: string, action: string | undefined) {
  if (module === "serve") return (await import("./serve.ts")).serve(words);
  if (module === "server") return (await import("./server/start.ts")).startServer(words);
  if (module === "service-unit") return (await import("./service-unit/service-unit.ts")).printServiceUnit(words);
  if (module === "completion") return printCompletionScript(action);
  if (module === "help") return printHelp(parseWords(words).positionals.slice(1));
  const shorthand = Object.hasOwn(WORDS, module) ? WORDS[module]?.command : undefined;
  if (shorthand !== undefined) return runOneShot(await contractNamed(shorthand), longForm(words, module, shorthand));
  if (action === undefined && isModule(module)) {
    throw new XsysError("UNKNOWN_COMMAND", `${module} needs an action; see: xsys ${module} --help`);
  }
  return runOneShot(await contractNamed(action === undefined ? module : `${module}.${action}`), words);
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

async function printVersion(): Promise<number> {
  const { versionText } = await import("./version-text.ts");
  await print(`${versionText()}\n`);
  return 0;
}

async function printHelp(words: readonly string[]): Promise<number> {
  const { helpText } = await import("./help/help-text.ts");
  await print(await helpText([...words], { columns: process.stdout.columns ?? 80 }));
  return 0;
}

async function printCompletionScript(shell = ""): Promise<number> {
  const { completionScript, isShell, SHELLS } = await import("./help/completion-script.ts");
  if (!isShell(shell)) throw new XsysError("INVALID_PARAMS", `completion needs a shell: ${SHELLS.join(", ")}`);
  await print(completionScript(shell));
  return 0;
}

/** Prints completion candidates. It never prints an error, because the shell would insert it into the user's line. */
async function printCompletions(words: readonly string[]): Promise<number> {
  const { complete } = await import("./help/complete.ts");
  await print(
    complete(words)
      .map((candidate) => `${candidate}\n`)
      .join(""),
  );
  return 0;
}

function print(text: string): Promise<void> {
  return new StandardOutput().write(text);
}
