import type { Output } from "../base/context.ts";

/** Standard input of a command line. It is read only on demand, because a caller may leave an open pipe. */
export interface LineInput extends AsyncIterable<Uint8Array> {
  /** Makes reads fail with the reason. */
  cancel(reason: Error): void;
  /** Reads the rest of the input, so that its writer does not get EPIPE. */
  drain(): Promise<void>;
  /** Lets the process end while standard input is still open. */
  release(): void;
}

/** Standard output or standard error of a command line. */
export interface LineOutput extends Output {
  readonly isTTY: boolean;
  /** Columns of the terminal; undefined if it is no terminal. */
  readonly columns: number | undefined;
  /** Bytes written so far. */
  readonly written: number;
  write(bytes: Uint8Array | string): Promise<void>;
  /** Writes the last text, which must be ASCII. */
  writeLast(text: string): Promise<void>;
}

/** A command line, and what its command sees of the process that was started with it. */
export interface CommandLine {
  /** The words after the program's name. */
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** The process that started the command. */
  readonly callerPid: number;
  readonly stdin: LineInput;
  readonly stdout: LineOutput;
  readonly stderr: LineOutput;
  /**
   * Calls the listener with a signal that cancels the command. `isEndless`: the command ends only when it is
   * interrupted, which a stopping service does. Returns a function that removes the listener.
   */
  onInterrupt(listener: (signal: NodeJS.Signals) => void, isEndless: boolean): () => void;
}
