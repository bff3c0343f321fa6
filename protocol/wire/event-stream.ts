/** Events that may be sent on a call before its reader grants more. */
export const INITIAL_EVENTS = 1_024;
/** Events that a reader consumes before it grants them again. */
const GRANT_EVENTS = INITIAL_EVENTS / 4;

/** Progress of a command. Sent at most a few times a second, and only to callers that request it. */
export interface Progress {
  readonly done: number;
  /** Absent while unknown. */
  readonly total?: number;
  readonly unit: "bytes" | "files";
  /** The item in progress, such as a file. */
  readonly item?: string;
}

/** The payload of an `Event`: an event of the command, or its progress. */
export type EventPayload = { readonly event: unknown } | { readonly progress: Progress };

/** The sending end of a call's events: sends as many as its reader allows. */
export class EventWriter {
  readonly #send: (event: unknown) => void;
  #credit = INITIAL_EVENTS;
  #closed: Error | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(send: (event: unknown) => void) {
    this.#send = send;
  }

  /** Whether the reader accepts an event now. */
  get ready(): boolean {
    return this.#credit > 0 && this.#closed === undefined;
  }

  /** Sends an event. Resolves when it was sent; waits while the reader is behind. */
  async emit(event: unknown): Promise<void> {
    while (this.#credit === 0 && this.#closed === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#closed !== undefined) throw this.#closed;
    this.#credit--;
    this.#send(event);
  }

  grant(events: number): void {
    this.#credit += events;
    this.#wake();
  }

  /** The reader is gone: emitting fails with the reason. */
  close(reason: Error): void {
    this.#closed ??= reason;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** The reading end of a call's events: buffers them until they are read, and grants more as they are read. */
export class EventReader {
  readonly #grant: (events: number) => void;
  readonly #events: unknown[] = [];
  #taken = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: () => void = () => {};

  constructor(grant: (events: number) => void) {
    this.#grant = grant;
  }

  push(event: unknown): void {
    this.#events.push(event);
    this.#wake();
  }

  /** No more events will arrive: the end, or the error that ended the stream. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** The next event, or undefined at the end. */
  async next(): Promise<{ readonly event: unknown } | undefined> {
    while (this.#events.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#events.length > 0) {
      const event = this.#events.shift();
      this.#account();
      return { event };
    }
    if (this.#end?.error !== undefined) throw this.#end.error;
    return undefined;
  }

  #account(): void {
    this.#taken++;
    if (this.#taken < GRANT_EVENTS || this.#end !== undefined) return;
    this.#grant(this.#taken);
    this.#taken = 0;
  }
}
