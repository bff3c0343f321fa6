import type { Socket } from "node:net";
import { constants } from "node:os";
import { type IPty, spawn } from "node-pty";
import { pause } from "../../../../protocol/timers.ts";
import { childProcesses } from "../../../facts/child-processes.ts";
import { sendSignal } from "../../../processes/send-signal.ts";
import { type Child, stopChild } from "../../../processes/stop-child.ts";
import { PtyOutput } from "./pty-output.ts";
import { typeBytes } from "./type-bytes.ts";

export interface PtyOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cols: number;
  readonly rows: number;
  /** TERM. */
  readonly name: string;
}

export interface PtyEnd {
  readonly exit_code: number;
  readonly signal?: string;
}

/** Properties of node-pty on Unix that its types lack: the master side of the terminal. Absent on Windows. */
interface UnixPty {
  readonly fd?: number;
  readonly _socket?: Socket;
}

/** Milliseconds between SIGHUP and SIGKILL. */
const GRACE = 2_000;

/** Milliseconds between two checks whether a shell's jobs have ended. */
const CHECK_INTERVAL = 20;

/** A program in a pseudo-terminal. It is the leader of its session. */
export class PtyProgram {
  /** Resolves when the program has ended and its terminal is closed. */
  readonly ended: Promise<PtyEnd>;
  readonly #pty: IPty & UnixPty;
  readonly #output: PtyOutput;
  #hasEnded = false;
  #stopped: Promise<unknown> | undefined;

  constructor({ file, args, ...options }: PtyOptions) {
    const pty: IPty & UnixPty = spawn(file, [...args], { ...options, encoding: null });
    this.#pty = pty;
    this.#output = new PtyOutput(pty, pty._socket);
    const { promise, resolve } = Promise.withResolvers<PtyEnd>();
    this.ended = promise;
    pty.onExit(({ exitCode, signal }) => {
      this.#hasEnded = true;
      this.#output.end();
      resolve(signal ? { exit_code: exitCode, signal: signalName(signal) } : { exit_code: exitCode });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** All output of the program. The program is paused while the reader is behind. */
  output(): AsyncIterable<Uint8Array> {
    return this.#output.chunks();
  }

  /** Writes input. Resolves when the terminal has accepted all bytes, or is closed. */
  async type(bytes: Uint8Array): Promise<void> {
    const { fd } = this.#pty;
    if (fd === undefined) this.#pty.write(Buffer.from(bytes).toString());
    else await typeBytes(fd, bytes, () => this.#hasEnded || this.#output.closed);
  }

  resize(cols: number, rows: number): void {
    if (!this.#hasEnded && !this.#output.closed) this.#pty.resize(cols, rows);
  }

  /** Sends a signal to the program's process group. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.#hasEnded) return;
    if (process.platform === "win32") this.#pty.kill();
    else sendSignal(-this.pid, signal);
  }

  /** Ends the program and all other processes of its session. */
  stop(): Promise<unknown> {
    this.#stopped ??= this.#hasEnded ? this.ended : this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#output.discard();
    const over = new AbortController();
    await stopChild(this.#session(over.signal), { ask: "SIGHUP", grace: GRACE });
    over.abort();
    this.#output.close();
  }

  /** The whole session: jobs of a shell have process groups of their own, and may outlive the shell. */
  #session(over: AbortSignal): Child {
    return {
      ended: this.ended.then(() => membersGone(this.pid, over)),
      signal: (signal) => {
        const members = childProcesses.sessionMembers(this.pid);
        this.signalGroup(signal);
        for (const pid of members) sendSignal(pid, signal);
        // A stopped process would not handle the signal.
        for (const pid of [-this.pid, ...members]) sendSignal(pid, "SIGCONT");
      },
    };
  }
}

/** Polls, because there are no events for the end of processes that are not children. */
async function membersGone(leader: number, over: AbortSignal): Promise<void> {
  while (!over.aborted && childProcesses.sessionMembers(leader).length > 0) await pause(CHECK_INTERVAL);
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `SIG${number}`;
}
