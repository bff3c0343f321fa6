import { resolve } from "node:path";
import type { CommandLine } from "../../../internal/front/command-line.ts";
import type { CommandLines } from "../../../internal/front/front-call.ts";
import { defectText } from "../../../internal/host/one-shot-host.ts";
import type { OpenRouter as OpenServiceRouter } from "../../../internal/host/service.ts";
import type { Contract } from "../../../protocol/contract/command.ts";
import { ERRORS, XsysError } from "../../../protocol/errors.ts";
import { complain } from "../complain.ts";
import type { Globals } from "../globals.ts";
import { launcherParent } from "../launcher-environment.ts";
import { HandOver, type OpenRouter, type Place } from "../place.ts";
import { run } from "../run.ts";
import { needsOwnProcess } from "./needs-own-process.ts";

/** Runs the command lines of native fronts in the service that opens the routers. */
export function commandLines(open: OpenServiceRouter): CommandLines {
  return { run: (line) => runUnlessHandedOver(line, open) };
}

async function runUnlessHandedOver(given: CommandLine, open: OpenServiceRouter): Promise<number | undefined> {
  try {
    if (needsOwnProcess(given)) return undefined;
    const { parent, env } = launcherParent(given.env);
    return await run(new CallersLine(given, env, parent ?? given.callerPid), placeIn(open));
  } catch (error) {
    if (error instanceof HandOver) return undefined;
    complain(given, `xsys: ${String(error)}`);
    return ERRORS.INTERNAL.exit;
  }
}

/** A front's command line without the variables of the launchers. */
class CallersLine implements CommandLine {
  readonly env: CommandLine["env"];
  readonly callerPid: number;
  readonly #line: CommandLine;

  constructor(line: CommandLine, env: CommandLine["env"], callerPid: number) {
    this.#line = line;
    this.env = env;
    this.callerPid = callerPid;
  }
  get words() {
    return this.#line.words;
  }
  get cwd() {
    return this.#line.cwd;
  }
  get stdin() {
    return this.#line.stdin;
  }
  get stdout() {
    return this.#line.stdout;
  }
  get stderr() {
    return this.#line.stderr;
  }
  onInterrupt(listener: (signal: NodeJS.Signals) => void, isEndless: boolean): () => void {
    return this.#line.onInterrupt(listener, isEndless);
  }
}

function placeIn(open: OpenServiceRouter): Place {
  return {
    open: (contract, globals, line) => openRouter(open, contract, globals, line),
  };
}

function openRouter(open: OpenServiceRouter, contract: Contract, globals: Globals, line: CommandLine): OpenRouter {
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
