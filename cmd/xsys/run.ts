import { contracts, contractsByName } from "../../protocol/commands/index.ts";
import { ERRORS, XsysError } from "../../protocol/errors.ts";
import { didYouMean } from "../../protocol/suggest.ts";
import { parseWords } from "./argv.ts";
import type { Globals } from "./globals.ts";
import { runOneShot } from "./one-shot.ts";
import { reportError } from "./report-error.ts";

/** Short forms of commands about the service. */
const SHORTHANDS: Readonly<Record<string, string>> = {
  status: "service.status",
  ping: "service.ping",
  stop: "service.stop",
};

/** Runs a command line and gives the exit status. */
export async function run(words: readonly string[]): Promise<number> {
  const json = words.includes("--json");
  try {
    const { globals, positionals } = parseWords(words, new Map());
    const [module, action] = positionals;
    if (globals.version) return await printVersion();
    if (globals.help || module === undefined) return await printHelp(positionals);
    return await dispatch(words, module, action, globals);
  } catch (error) {
    await reportError(error, { json, verbose: false });
    return ERRORS[error instanceof XsysError ? error.code : "INTERNAL"].exit;
  }
}

async function dispatch(words: readonly string[], module: string, action: string | undefined, globals: Globals) {
  if (module === "serve") return (await import("./serve.ts")).serve(words);
  if (module === "completion") return (await import("./completion.ts")).printCompletion(action);
  if (module === "help") return printHelp(parseWords(words, new Map()).positionals.slice(1));
  const shorthand = SHORTHANDS[module];
  if (shorthand !== undefined) return runOneShot(contractNamed(shorthand), longForm(words, module, shorthand));
  if (action === undefined && isModule(module)) return refuseWithoutAction(module, globals);
  return runOneShot(contractNamed(action === undefined ? module : `${module}.${action}`), words);
}

function contractNamed(name: string) {
  const contract = contractsByName.get(name);
  if (contract !== undefined) return contract;
  const [module = "", action] = name.split(".");
  if (!isModule(module)) {
    const known = [...new Set(contracts.map((c) => c.module)), "serve", "completion", ...Object.keys(SHORTHANDS)];
    throw new XsysError("UNKNOWN_COMMAND", `there is no command "${module}"${didYouMean(module, known)}`);
  }
  const actions = contracts.filter((c) => c.module === module).map((c) => c.action);
  throw new XsysError("UNKNOWN_COMMAND", `${module} has no action "${action}"${didYouMean(action ?? "", actions)}`);
}

/** `stop --force` is `service stop --force`. */
function longForm(words: readonly string[], shorthand: string, name: string): string[] {
  const at = words.indexOf(shorthand);
  return [...words.slice(0, at), ...name.split("."), ...words.slice(at + 1)];
}

async function refuseWithoutAction(module: string, { json }: Globals): Promise<number> {
  const error = new XsysError("UNKNOWN_COMMAND", `${module} needs an action; see: xsys ${module} --help`);
  await reportError(error, { json, verbose: false });
  return ERRORS.UNKNOWN_COMMAND.exit;
}

function isModule(name: string): boolean {
  return contracts.some(({ module }) => module === name);
}

async function printVersion(): Promise<number> {
  const { VERSION } = await import("../../internal/version.ts");
  process.stdout.write(`xsys ${VERSION} (Node ${process.versions.node})\n`);
  return 0;
}

async function printHelp(words: readonly string[]): Promise<number> {
  const { helpText } = await import("./help/help-text.ts");
  process.stdout.write(await helpText([...words], { columns: process.stdout.columns ?? 80 }));
  return 0;
}
