import type { Socket } from "node:net";
import type { IPty } from "node-pty";

/** Milliseconds of silence after which a terminal is closed whose program has ended and that something else holds open. */
const SILENCE = 200;
/** Bytes read of it at the most: the kernel holds less of what the program wrote, the rest is another's. */
const MAX_AFTER_EXIT = 256 * 1024;

/** Bytes read ahead of the reader: a terminal gives 4 KiB at a time, and a reader that is behind gets them in one piece. */
const AHEAD = 64 * 1024;

/**
 * What a program shows. The terminal is paused when its reader is AHEAD bytes behind, so that the program waits for it.
 *
 * node-pty closes a terminal 200 ms after its program's exit, with what a slow reader has not read yet; that is put off
 * here until it was read. On Windows, where there is no socket, it is as node-pty has it.
 */
export class PtyOutput {
  readonly #pty: IPty;
  readonly #socket: Socket | undefined;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes in them. */
  #held = 0;
  #paused = false;
  #discarding = false;
  #ended = false;
  /** Bytes since the program's exit was put off; undefined before. */
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

  /** Nobody reads any more: the program waits for nobody, either. */
  discard(): void {
    this.#discarding = true;
    this.#takeAll();
    this.#resume();
  }

  /** No more will come. */
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

  /** Without an error it is node-pty's timer: an error is the terminal's own end, which comes after all was read. */
  #whenDestroyed(socket: Socket, error: Error | undefined): Socket {
    if (error !== undefined || !this.#paused) return destroy(socket, error);
    this.#afterExit ??= 0;
    return socket;
  }
}

/** The method that the class has, whatever the object was given. */
function destroy(socket: Socket, error?: Error): Socket {
  return (Object.getPrototypeOf(socket) as Socket).destroy.call(socket, error) as Socket;
}
