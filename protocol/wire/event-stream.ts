/** Events that may be sent on a call before its reader grants more. */
export const INITIAL_EVENTS = 1_024;
/** What a reader has taken before it grants that many anew. */
const GRANT_EVENTS = INITIAL_EVENTS / 4;

/** How far work has come. Sent a few times a second at the most, and only to those who ask. */
export interface Progress {
  readonly done: number;
  /** Absent while it is not known. */
  readonly total?: number;
  readonly unit: "bytes" | "files";
  /** What is being worked on. */
  readonly item?: string;
}

/** The payload of an `Event`: what a command streams, or how far it has come. */
export type EventPayload = { readonly event: unknown } | { readonly progress: Progress };

/** The sending end of a call's events: as many as its reader allows. */
export class EventWriter {
  readonly #send: (event: unknown) => void;
  #credit = INITIAL_EVENTS;
  #closed: Error | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(send: (event: unknown) => void) {
    this.#send = send;
  }

  /** Whether the reader has room for an event now. */
  get ready(): boolean {
    return this.#credit > 0 && this.#closed === undefined;
  }

  /** Sends an event; resolves when it was sent, which waits for a reader that is behind. */
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

  /** Nobody reads any more: emitting fails with the reason. */
  close(reason: Error): void {
    this.#closed ??= reason;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** The reading end of a call's events: keeps them until they are asked for, and grants more as they are taken. */
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

  /** No more will come: the end, or why it was cut short. */
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
