/**
 * Messages between the native front (clients/front) and the service. A front whose Hello was accepted takes the role
 * "front" with RunCommandLine, sends its command line as the byte stream LINE, and then exchanges the bytes of the
 * standard streams. Each connection runs one command line; the service ends it with Exit or HandOver.
 */

/** Ids of the byte streams on a front's connection. */
export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
/** The words, the current directory and the environment (NAME=value), each ended by a NUL. */
export const LINE = 3;

/** Maximum bytes of a command line. The front hands longer ones to the executable. */
export const MAX_LINE = 262_144;
/** Maximum bytes of each output stream that the front has not yet written. */
export const OUTPUT_CREDIT = 131_072;

/** Size of a terminal in characters; null for a stream that is no terminal. */
export type TerminalSize = { readonly columns: number; readonly rows: number } | null;

export interface Terminals {
  readonly stdin: TerminalSize;
  readonly stdout: TerminalSize;
  readonly stderr: TerminalSize;
}

/** Payload of `RunCommandLine`: the front runs a command line with this many words. */
export interface RunCommandLine extends Terminals {
  readonly words: number;
  /** Process id of the front's parent, which is the caller. */
  readonly parent: number;
}

/** Payload of `Exit`: the command line is finished. */
export interface Exit {
  readonly status: number;
}

/** Payload of `Signal`: the front received a signal (2 or 15) that cancels the command. */
export interface Signal {
  readonly number: number;
}

/** Payload of `ReadFailed`: standard input cannot be read. */
export interface ReadFailed {
  readonly errno: number;
}
