import { resolve } from "node:path";
import type { CommandLine } from "../../../internal/front/command-line.ts";
import type { CommandLines } from "../../../internal/front/front-call.ts";
import { defectText } from "../../../internal/host/one-shot-host.ts";
import type { OpenRouter } from "../../../internal/host/service.ts";
import type { Contract } from "../../../protocol/contract/command.ts";
import { ERRORS, XsysError } from "../../../protocol/errors.ts";
import { complain } from "../complain.ts";
import type { Globals } from "../globals.ts";
import { launcherParent } from "../launcher-environment.ts";
import { HandOver, type Place, type PlaceRouter } from "../place.ts";
import { run } from "../run.ts";
import { needsOwnProcess } from "./needs-own-process.ts";

/** Runs the command lines of native fronts in the service that opens the routers. */
export function commandLines(open: OpenRouter): CommandLines {
  return { run: (line) => runUnlessHandedOver(line, open) };
}

async function runUnlessHandedOver(given: CommandLine, open: OpenRouter): Promise<number | undefined> {
  try {
    if (needsOwnProcess(given)) return undefined;
    const place: Place = { open: (contract, globals, line) => openRouter(open, contract, globals, line) };
    return await run(withoutLauncher(given), place);
  } catch (error) {
    if (error instanceof HandOver) return undefined;
    complain(given, `xsys: ${String(error)}`);
    return ERRORS.INTERNAL.exit;
  }
}

/** A front's command line without the variables of the launchers. */
function withoutLauncher(line: CommandLine): CommandLine {
  const { words, cwd, stdin, stdout, stderr } = line;
  const { parent, env } = launcherParent(line.env);
  const onInterrupt: CommandLine["onInterrupt"] = (listener, isEndless) => line.onInterrupt(listener, isEndless);
  return { words, cwd, env, callerPid: parent ?? line.callerPid, stdin, stdout, stderr, onInterrupt };
}

function openRouter(open: OpenRouter, contract: Contract, globals: Globals, line: CommandLine): PlaceRouter {
  if (concernsOwnProcess(contract)) throw new HandOver();
  const { cwd, env } = line;
  const router = open({
    root: resolve(cwd, globals.root ?? "."),
    confined: globals.confine,
    env,
    cwd,
    logDefect: (error, command) => complain(line, defectText(error, command)),
  });
  return {
    call: (name, params, call) => callOrHandOver(() => router.call(name, params, call), contract, line),
    close: async () => {},
  };
}

/**
 * Commands that start programs, spare their own process, or keep a file open only as long as their process lives.
 */
function concernsOwnProcess({ module, name, heldByService = false }: Contract): boolean {
  return module === "terminal" || name === "sys.kill" || heldByService;
}

/** A process of its own may return larger results than a service, so it repeats a command that changes nothing. */
async function callOrHandOver(
  call: () => unknown,
  { changes, input }: Contract,
  { stdout, stderr }: CommandLine,
): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const isTooLarge = error instanceof XsysError && error.code === "TOO_LARGE";
    const isUntouched = !changes && input === undefined && stdout.written === 0 && stderr.written === 0;
    throw isTooLarge && isUntouched ? new HandOver() : error;
  }
}
