import { constants } from "node:os";
import type { Call, Events } from "../../internal/base/context.ts";
import { RawJson } from "../../internal/base/raw-json.ts";
import type { CommandLine, LineOutput } from "../../internal/front/command-line.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import {
  hasInputParam,
  optionKinds,
  paramsFromWords,
  requiredTexts,
  unexpected,
} from "../../protocol/contract/params.ts";
import { ERRORS, XsysError } from "../../protocol/errors.ts";
import type { Progress } from "../../protocol/wire/event-stream.ts";
import { type ParsedWords, parseWords } from "./argv.ts";
import { type Caller, callerFor } from "./callers.ts";
import type { Globals } from "./globals.ts";
import { HandOver, type Place } from "./place.ts";
import { asciiOnly, isAsciiJson, toAsciiJson } from "./print/json.ts";

/**
 * Runs one command and returns its exit status. `words` are all words after `xsys`.
 * @throws HandOver
 */
export async function runOneShot(
  contract: Contract,
  words: readonly string[],
  line: CommandLine,
  place: Place,
): Promise<number> {
  let globals: Globals | undefined;
  let readsInput = contract.input !== undefined;
  try {
    const parsed = wordsOf(contract, words);
    globals = parsed.globals;
    const params = paramsFromWords(contract, parsed);
    readsInput &&= !hasInputParam(contract, params);
    const result = await callCommand(contract, params, globals, line, place);
    await printResult(contract, result, globals, line);
    return 0;
  } catch (error) {
    if (error instanceof HandOver) throw error;
    const signal = contract.events === undefined ? undefined : interruption(error);
    if (signal !== undefined) return 128 + constants.signals[signal]; // the usual end of an endless command
    const { reportError } = await import("./report-error.ts");
    await reportError(line, error, globals ?? { json: words.includes("--json"), verbose: false });
    if (readsInput) await line.stdin.drain();
    return ERRORS[error instanceof XsysError ? error.code : "INTERNAL"].exit;
  } finally {
    if (readsInput) line.stdin.release();
  }
}

/** The command's own words and options, without module and action, which are the first two positional words. */
function wordsOf(contract: Contract, words: readonly string[]): ParsedWords {
  const parsed = parseWords(words, {
    kinds: optionKinds(contract),
    texts: 2 + requiredTexts(contract),
    onUnknown: contract.strictOptions ? (option) => refuseOption(contract, option) : undefined,
  });
  return { ...parsed, positionals: parsed.positionals.slice(2) };
}

function refuseOption(contract: Contract, option: string): never {
  throw unexpected(contract, option);
}

async function callCommand(
  contract: Contract,
  params: Record<string, unknown>,
  globals: Globals,
  line: CommandLine,
  place: Place,
): Promise<unknown> {
  const caller = await callerFor(contract, globals, line, place);
  const events = await eventPrinter(contract, globals, line.stdout);
  const bar = await progressBar(contract, globals, line.stderr);
  const progress = bar && ((now: Progress) => bar.show(now));
  try {
    return await callUntilInterrupted(caller, contract, params, line, {
      events,
      progress,
      takesRawJson: globals.json && contract.plain === undefined,
    });
  } finally {
    bar?.clear();
    await events.end();
    await caller.close();
  }
}

async function eventPrinter(
  contract: Contract,
  globals: Globals,
  output: LineOutput,
): Promise<Events & { end(): Promise<void> }> {
  if (contract.events === undefined) return { ready: true, emit: async () => {}, end: async () => {} };
  const { EventPrinter } = await import("./event-printer.ts");
  return new EventPrinter(contract, globals, output);
}

async function progressBar({ progress = false }: Contract, { quiet }: Globals, terminal: LineOutput) {
  if (!progress || quiet || !terminal.isTTY) return undefined;
  const { ProgressBar } = await import("./progress-bar.ts");
  return new ProgressBar(terminal);
}

/** The first SIGINT or SIGTERM cancels the call, so that it can clean up; a second one ends the process as usual. */
async function callUntilInterrupted(
  caller: Caller,
  contract: Contract,
  params: Record<string, unknown>,
  line: CommandLine,
  call: Pick<Call, "events" | "progress" | "takesRawJson">,
): Promise<unknown> {
  const { stdin, stdout, callerPid } = line;
  const interrupted = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    const message = `${contract.name} was interrupted by ${signal}`;
    const reason = new XsysError("CANCELLED", message, { details: { signal } });
    interrupted.abort(reason);
    stdin.cancel(reason);
  };
  const release = line.onInterrupt(interrupt, contract.events !== undefined);
  try {
    const { signal } = interrupted;
    return await caller.call(contract, params, { ...call, input: stdin, output: stdout, signal, callerPid });
  } finally {
    release();
  }
}

/** The signal with which the user ended the call. */
function interruption(error: unknown): NodeJS.Signals | undefined {
  if (!(error instanceof XsysError)) return undefined;
  const { code, details, cause } = error;
  // In a service the call fails with CANCELLED, and the reason is the cause of the error.
  const signal = details?.signal ?? (cause instanceof XsysError ? cause.details?.signal : undefined);
  return code === "CANCELLED" ? (signal as NodeJS.Signals | undefined) : undefined;
}

async function printResult(
  contract: Contract,
  answer: unknown,
  { json }: Globals,
  { stdout, env }: CommandLine,
): Promise<void> {
  if (contract.output !== undefined || contract.events !== undefined) return; // the bytes or events sent are the result
  const { plain } = contract;
  const result = plain === undefined ? answer : (answer as Record<string, unknown>)[plain];
  if (result instanceof RawJson) return printRaw(result, stdout);
  if (json) {
    await stdout.writeLast(`${toAsciiJson({ status: "ok", data: result ?? null })}\n`);
    return;
  }
  const { humanText } = await import("./print/human.ts");
  const { isTTY, columns = 80 } = stdout;
  const color = isTTY && (await import("node:tty")).WriteStream.prototype.hasColors(env);
  await stdout.write(
    humanText(plain === undefined ? contract : plainContract(contract, plain), result, {
      color,
      columns: isTTY ? columns : 0,
    }),
  );
}

/** Prints JSON that the command has already serialized. Most is ASCII, and is written as it is. */
async function printRaw({ pieces }: RawJson, stdout: LineOutput): Promise<void> {
  await stdout.write('{"status":"ok","data":');
  if (pieces.every(isAsciiJson)) for (const piece of pieces) await stdout.write(piece);
  else await stdout.write(asciiOnly(Buffer.concat(pieces).toString()));
  await stdout.writeLast("}\n");
}

/** The contract with only the field of the result that is printed. */
function plainContract(contract: Contract, plain: string): Contract {
  return { ...contract, result: contract.result.properties?.[plain] ?? contract.result };
}
