import { appProgram } from "../../clients/typescript/launcher/app-program.ts";
import type { CommandLine } from "../../internal/front/command-line.ts";
import { parseWords } from "./argv.ts";
import { takeLauncherEnvironment } from "./launcher-environment.ts";
import { ownCommandLine } from "./own-command-line.ts";
import { HandOver, ownProcess } from "./place.ts";
import { reportingErrors, run } from "./run.ts";
import { isTerminalRun } from "./terminal-words.ts";
import { APP_GATEWAY_WORD, GATEWAY_WORD, KEEPER_WORD } from "./words.ts";

/** Runs the command line of this process and returns the exit status. */
export async function runOwn(words: readonly string[]): Promise<number> {
  takeLauncherEnvironment();
  if (words[0] === GATEWAY_WORD) await (await import("./gateway-process.ts")).runGateway();
  if (words[0] === APP_GATEWAY_WORD) await (await import("./app-gateway-process.ts")).runAppGatewayProcess();
  if (words[0] === KEEPER_WORD && words.length === 1) {
    await (await import("./keeper-process.ts")).runKeeperProcess();
  }
  // After an upgrade, the words of a daemon follow the one that starts a keeper.
  const line = ownCommandLine(words[0] === KEEPER_WORD ? words.slice(1) : words);
  const program = words[0]?.startsWith("__") ? undefined : appProgram(process.argv0);
  if (program === undefined) return runLine(line);
  const { runAppProgram } = await import("./app-program.ts");
  return reportingErrors(line, () => runAppProgram(program, line, (own) => runLine(ownCommandLine(own))));
}

async function runLine(line: CommandLine): Promise<number> {
  try {
    return await run(line, ownProcess);
  } catch (error) {
    if (!(error instanceof HandOver)) throw error;
    return reportingErrors(line, () => runProgram(line));
  }
}

/** Runs what only the caller's own process can run. */
async function runProgram(line: CommandLine): Promise<number> {
  const { words } = line;
  if (isTerminalRun(words)) return (await import("./terminal-run.ts")).runInTerminal(line, ownProcess);
  const [module] = parseWords(words).positionals;
  if (module === "serve") return (await import("./serve.ts")).serve(words);
  if (module === "server") return (await import("./server/start.ts")).startServer(words);
  if (module === "daemon") return (await import("./daemon.ts")).daemon(words);
  return (await import("./service-unit/service-unit.ts")).printServiceUnit(words);
}
