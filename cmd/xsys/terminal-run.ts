import { constants } from "node:os";
import type { CommandLine } from "../../internal/front/command-line.ts";
import { open, resize } from "../../protocol/commands/terminal.ts";
import type { EventOf, ResultOf } from "../../protocol/contract/command.ts";
import { ERRORS, XsysError } from "../../protocol/errors.ts";
import { type Caller, callerFor } from "./callers.ts";
import { CallersTerminal } from "./callers-terminal.ts";
import type { Globals } from "./globals.ts";
import type { Place } from "./place.ts";
import { reportError } from "./report-error.ts";
import { terminalRunWords } from "./terminal-words.ts";

/**
 * Runs a program in a pseudo-terminal that is connected to the caller's own. The exit status is that of the program, or
 * 128 plus the number of the signal that ended it.
 */
export async function runInTerminal(line: CommandLine, place: Place): Promise<number> {
  const { globals, positionals } = terminalRunWords(line.words);
  const [command, ...args] = positionals.slice(2);
  const interruption = new Interruption();
  try {
    if (command === undefined) throw new XsysError("INVALID_PARAMS", "terminal run needs a program to run");
    return statusOf(await runJoined({ command, args }, globals, line, place, interruption));
  } catch (error) {
    if (interruption.status !== undefined) return interruption.status;
    await reportError(line, error, globals);
    return ERRORS[error instanceof XsysError ? error.code : "INTERNAL"].exit;
  } finally {
    interruption.release();
    line.stdin.release();
  }
}

type Result = ResultOf<typeof open>;

async function runJoined(
  program: { readonly command: string; readonly args: readonly string[] },
  globals: Globals,
  line: CommandLine,
  place: Place,
  { signal }: Interruption,
): Promise<Result> {
  const caller = await callerFor(open, globals, line, place);
  const own = new CallersTerminal();
  const { stdin: input, stdout: output, callerPid } = line;
  const events = {
    ready: true,
    emit: async (event: unknown) => {
      const { terminal } = (event as EventOf<typeof open>).started;
      own.join((size) => void resized(caller, { terminal, ...size }, signal));
    },
  };
  try {
    const params = { ...program, ...own.size(), ...own.kind() };
    return (await caller.call(open, params, { signal, input, output, events, callerPid })) as Result;
  } finally {
    own.leave();
    await caller.close();
  }
}

/** Resizes the pseudo-terminal. Errors are ignored, because it may just have been closed. */
async function resized(
  caller: Caller,
  params: { readonly terminal: number; readonly cols: number; readonly rows: number },
  signal: AbortSignal,
): Promise<void> {
  const nowhere = { output: { write: async () => {} }, events: { ready: true, emit: async () => {} } };
  await caller.call(resize, params, { ...nowhere, signal, input: NO_INPUT }).catch(() => {});
}

const NO_INPUT: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

function statusOf({ exit_code, signal }: Result): number {
  return signal === undefined ? exit_code : signalStatus(signal as NodeJS.Signals);
}

function signalStatus(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0);
}

/**
 * Signals that end xsys itself and thus the program. In a terminal, ^C is not one of them: it is input for the program.
 */
class Interruption {
  readonly #abort = new AbortController();
  #status: number | undefined;

  constructor() {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, this.#interrupt);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get status(): number | undefined {
    return this.#status;
  }

  release(): void {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, this.#interrupt);
  }

  /** A second signal does not wait for the end of the program. */
  readonly #interrupt = (name: NodeJS.Signals): void => {
    if (this.#status !== undefined) process.exit(this.#status);
    this.#status = signalStatus(name);
    this.#abort.abort(new XsysError("CANCELLED", `terminal run was ended by ${name}`));
  };
}
