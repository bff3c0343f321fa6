import { constants } from "node:os";
import { getSystemErrorName } from "node:util";
import { XsysError } from "../../protocol/errors.ts";
import {
  LINE,
  MAX_LINE,
  type ReadFailed,
  type RunCommandLine,
  type Signal,
  STDERR,
  STDIN,
  STDOUT,
  type Terminals,
} from "../../protocol/wire/front.ts";
import { type Credit, encodeMessage, type Message } from "../../protocol/wire/message.ts";
import type { RoleInbox, RolePeer } from "../ipc/role.ts";
import type { CommandLine } from "./command-line.ts";
import { FrontInput, FrontOutput } from "./front-streams.ts";

/** Runs the command lines of fronts. */
export interface CommandLines {
  /** Resolves to the exit status, or to undefined if the front must run it in a process of its own. Never rejects. */
  run(line: CommandLine): Promise<number | undefined>;
}

/** The command line of one front, from its connection. */
export class FrontCall implements RoleInbox, CommandLine {
  readonly takes: ReadonlySet<string> = new Set(["Credit", "Signal", "Resize", "ReadFailed"]);
  readonly boundsOutput = true;
  readonly stdin: FrontInput;
  readonly stdout: FrontOutput;
  readonly stderr: FrontOutput;
  readonly callerPid: number;
  words: readonly string[] = [];
  cwd = "/";
  env: Readonly<NodeJS.ProcessEnv> = {};
  /** 1 until the exit status has been sent. */
  callsInFlight = 1;
  readonly #peer: RolePeer;
  readonly #lines: CommandLines;
  readonly #count: number;
  /** Listeners, and whether their command ends only when it is interrupted. */
  readonly #interrupted = new Map<(signal: NodeJS.Signals) => void, boolean>();
  #signal: NodeJS.Signals | undefined;
  #pieces: Buffer[] | undefined = [];
  #size = 0;

  /** @throws INVALID_PARAMS */
  constructor(peer: RolePeer, request: unknown, lines: CommandLines) {
    const { words, parent, stdin, stdout, stderr } = checked(request);
    this.#peer = peer;
    this.#lines = lines;
    this.#count = words;
    this.callerPid = parent;
    this.stdin = new FrontInput(peer.writer, stdin !== null);
    this.stdout = new FrontOutput(peer.writer, STDOUT, stdout);
    this.stderr = new FrontOutput(peer.writer, STDERR, stderr);
    peer.onGone(() => this.#abandon());
  }

  onInterrupt(listener: (signal: NodeJS.Signals) => void, isEndless: boolean): () => void {
    this.#interrupted.set(listener, isEndless);
    if (this.#signal !== undefined) listener(this.#signal);
    return () => void this.#interrupted.delete(listener);
  }

  endSubscriptions(): void {
    for (const [listener, isEndless] of [...this.#interrupted]) if (isEndless) listener("SIGTERM");
  }

  message({ type, id, payload }: Message): void {
    if (type === "Credit") this.#outputOf(id).grant(positive((payload as Partial<Credit> | undefined)?.bytes));
    else if (type === "Signal") this.#interrupt(signalNamed((payload as Partial<Signal> | undefined)?.number));
    else if (type === "Resize") this.#resize((payload ?? {}) as Partial<Terminals>);
    else this.stdin.cancel(readError(payload));
  }

  chunk(id: number, bytes: Buffer, last: boolean): void {
    if (id === STDIN) this.stdin.take(Buffer.from(bytes), last);
    else if (id === LINE && this.#pieces !== undefined) this.#takeLine(this.#pieces, bytes, last);
    else throw badFrame(`a chunk of a front has the id ${id}`);
  }

  xbpResponse(): void {
    throw badFrame("a front sends no XBP responses");
  }

  #takeLine(pieces: Buffer[], bytes: Buffer, last: boolean): void {
    pieces.push(Buffer.from(bytes));
    this.#size += bytes.byteLength;
    if (this.#size > MAX_LINE) throw badFrame(`a command line has more than ${MAX_LINE} bytes`);
    if (!last) return;
    this.#pieces = undefined;
    const texts = Buffer.concat(pieces).toString().split("\0").slice(0, -1);
    const [cwd = "", ...environment] = texts.slice(this.#count);
    if (!cwd.startsWith("/")) throw badFrame("a command line has no current directory");
    this.words = texts.slice(0, this.#count);
    this.cwd = cwd;
    this.env = environmentOf(environment);
    void this.#run();
  }

  async #run(): Promise<void> {
    // Sent before anything is done: a front that does not get it knows that nothing was.
    this.#peer.writer.json(encodeMessage("Begun", {}));
    this.#peer.writer.flush();
    const status = await this.#lines.run(this);
    await Promise.all([this.stdout.flushed(), this.stderr.flushed()]);
    if (status === undefined) this.#end("HandOver", {});
    else this.#end("Exit", { status });
  }

  #end(type: "Exit" | "HandOver", payload: object): void {
    this.callsInFlight = 0;
    this.#peer.writer.json(encodeMessage(type, payload));
    this.#peer.close();
  }

  #interrupt(signal: NodeJS.Signals): void {
    this.#signal ??= signal;
    for (const [listener] of [...this.#interrupted]) listener(signal);
  }

  #resize({ stdout = null, stderr = null }: Partial<Terminals>): void {
    this.stdout.resize(size(stdout));
    this.stderr.resize(size(stderr));
  }

  /** Nobody waits for the command any more. */
  #abandon(): void {
    const reason = new XsysError("CANCELLED", "the front's connection was closed");
    this.stdin.cancel(reason);
    this.stdout.close(reason);
    this.stderr.close(reason);
    this.#interrupt("SIGHUP");
  }

  #outputOf(id: number | undefined): FrontOutput {
    if (id === STDOUT) return this.stdout;
    if (id === STDERR) return this.stderr;
    throw badFrame(`a front has no output stream ${id}`);
  }
}

/** The first of several values counts, as in getenv(3). */
function environmentOf(entries: readonly string[]): NodeJS.ProcessEnv {
  const env = new Map<string, string>();
  for (const entry of entries) {
    const end = entry.indexOf("=");
    if (end > 0 && !env.has(entry.slice(0, end))) env.set(entry.slice(0, end), entry.slice(end + 1));
  }
  return Object.fromEntries(env);
}

function checked(request: unknown): RunCommandLine {
  const { words, parent, stdin, stdout, stderr } = (request ?? {}) as Partial<RunCommandLine>;
  if (!isCount(words) || !isCount(parent)) {
    throw new XsysError("INVALID_PARAMS", "RunCommandLine needs the number of words and the process id of the parent");
  }
  return { words, parent, stdin: size(stdin), stdout: size(stdout), stderr: size(stderr) };
}

function size(value: unknown): Terminals["stdout"] {
  const { columns, rows } = (value ?? {}) as { columns?: unknown; rows?: unknown };
  return isCount(columns) && isCount(rows) ? { columns, rows } : null;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff_ffff;
}

function positive(value: unknown): number {
  if (isCount(value) && value > 0) return value;
  throw badFrame("a Credit of a front needs a positive number of bytes");
}

function signalNamed(number: unknown): NodeJS.Signals {
  if (number === constants.signals.SIGINT) return "SIGINT";
  if (number === constants.signals.SIGTERM) return "SIGTERM";
  throw badFrame("a front passes on SIGINT and SIGTERM only");
}

function errnoOf(payload: unknown): number {
  const { errno } = (payload ?? {}) as Partial<ReadFailed>;
  if (isCount(errno) && errno > 0 && errno < 4096) return errno;
  throw badFrame("a failure of a stream needs an errno");
}

/** The error that Node reports for a failed read of standard input. */
function readError(payload: unknown): Error {
  const errno = -errnoOf(payload);
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(`${code}: read`), { code, errno, syscall: "read" });
}

function badFrame(message: string): XsysError {
  return new XsysError("BAD_FRAME", message);
}
