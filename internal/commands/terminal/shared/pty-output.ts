import type { Socket } from "node:net";
import type { IPty } from "node-pty";

/**
 * After the program has ended, another process may keep the terminal open. It is closed after this many milliseconds
 * without output.
 */
const SILENCE = 200;
/**
 * Maximum bytes read after the program's exit. The kernel buffers less than that, so the rest is from other processes.
 */
const MAX_AFTER_EXIT = 256 * 1024;

/**
 * Bytes buffered for a slow reader. A terminal returns 4 KiB per read; the reader gets the whole buffer in one chunk.
 */
const AHEAD = 64 * 1024;

/**
 * Output of a program. The terminal is paused when AHEAD bytes are buffered, so that the program waits for its reader.
 *
 * node-pty closes a terminal 200 ms after its program's exit, and output that a slow reader has not read yet is lost.
 * This class delays the closing until the output has been read. On Windows there is no socket, so node-pty's behavior
 * remains.
 */
export class PtyOutput {
  readonly #pty: IPty;
  readonly #socket: Socket | undefined;
  readonly #chunks: Uint8Array[] = [];
  /** Total bytes in `#chunks`. */
  #held = 0;
  #paused = false;
  #discarding = false;
  #ended = false;
  /** Bytes read since the closing was first delayed. Undefined before that. */
  #afterExit: number | undefined;
  #silence: NodeJS.Timeout | undefined;
  #wake: () => void = () => {};

  constructor(pty: IPty, socket: Socket | undefined) {
    this.#pty = pty;
    this.#socket = socket;
    pty.onData((data) => this.#keep(Buffer.from(data)));
    if (socket !== undefined) socket.destroy = (error) => this.#whenDestroyed(socket, error);
  }

  get closed(): boolean {
    return this.#socket?.destroyed ?? this.#ended;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = this.#takeAll();
      this.#resume();
      if (bytes.length > 0) yield bytes;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Drops all further output, because there is no reader any more. The program is no longer paused. */
  discard(): void {
    this.#discarding = true;
    this.#takeAll();
    this.#resume();
  }

  /** Ends the output. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#silence);
    this.#wake();
  }

  close(): void {
    clearTimeout(this.#silence);
    if (this.#socket !== undefined) destroy(this.#socket);
  }

  #keep(bytes: Uint8Array): void {
    clearTimeout(this.#silence);
    if (this.#discarding) return;
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    this.#paused = this.#held >= AHEAD;
    if (this.#paused) this.#pty.pause();
    this.#wake();
    if (this.#afterExit === undefined) return;
    this.#afterExit += bytes.length;
    if (this.#afterExit > MAX_AFTER_EXIT) this.close();
    else if (!this.#paused) this.#closeWhenSilent();
  }

  #takeAll(): Buffer {
    this.#held = 0;
    return Buffer.concat(this.#chunks.splice(0));
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#pty.resume();
    if (this.#afterExit !== undefined) this.#closeWhenSilent();
  }

  #closeWhenSilent(): void {
    this.#silence = setTimeout(() => this.close(), SILENCE);
  }

  /**
   * Called by node-pty: by its timer without an error, and at the end of the terminal, after all output has been read,
   * with an error. Only the timer is delayed.
   */
  #whenDestroyed(socket: Socket, error: Error | undefined): Socket {
    if (error !== undefined || !this.#paused) return destroy(socket, error);
    this.#afterExit ??= 0;
    return socket;
  }
}

/** Calls the original method of the class, which the constructor has replaced on the object. */
function destroy(socket: Socket, error?: Error): Socket {
  return (Object.getPrototypeOf(socket) as Socket).destroy.call(socket, error) as Socket;
}
