import { XsysError } from "../../../../protocol/errors.ts";
import { startInterval } from "../../../../protocol/timers.ts";
import type { Peer } from "../../../base/context.ts";
import type { OpenFile } from "./open-file.ts";

export interface HandleLimits {
  /** Maximum number of open files. */
  readonly total: number;
  /** Maximum number of open files per connection. */
  readonly perConnection: number;
  /** Milliseconds after which an unused handle without an owner is closed. */
  readonly idle: number;
}

const DEFAULT_LIMITS: HandleLimits = { total: 1_024, perConnection: 256, idle: 3_600_000 };

interface Entry {
  /** The only connection that may use the handle. Undefined: any may. */
  readonly owner: Peer | undefined;
  /** Undefined while it is being opened. */
  file: OpenFile | undefined;
  lastUsed: number;
}

/** The open files of a service, by handle number. */
export class HandleTable {
  readonly #limits: HandleLimits;
  readonly #now: () => number;
  readonly #entries = new Map<number, Entry>();
  readonly #numbersOf = new Map<Peer, Set<number>>();
  readonly #sweeper: NodeJS.Timeout;
  /** Closing operations that no caller waits for. */
  readonly #closing = new Set<Promise<void>>();
  /**
   * The next number. Numbers are never reused and start at a random value, so that a number that a client kept from an
   * earlier connection or service does not name another file. They are higher than the descriptors that `fs.open`
   * returns without a service.
   */
  #next = 10_000 + Math.floor(Math.random() * 2 ** 30);

  /** `now` returns milliseconds of a monotonic clock. */
  constructor(limits: Partial<HandleLimits> = {}, now: () => number = () => performance.now()) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#now = now;
    this.#sweeper = startInterval(() => this.sweep(), this.#limits.idle / 60).unref();
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Opens a file and returns its handle number. With an owner, it is closed when that connection ends.
   * @throws LIMIT_EXCEEDED, without opening the file.
   */
  async open(owner: Peer | undefined, openFile: () => Promise<OpenFile>): Promise<number> {
    this.#checkLimits(owner);
    const number = this.#next++;
    const entry: Entry = { owner, file: undefined, lastUsed: this.#now() };
    this.#entries.set(number, entry);
    if (owner !== undefined) this.#giveTo(owner, number);
    try {
      const file = await openFile();
      if (this.#entries.get(number) === entry) entry.file = file;
      else await file.close(); // the connection, or the service, has ended meanwhile
    } catch (error) {
      this.#forget(number);
      throw error;
    }
    return number;
  }

  /** @throws NOT_FOUND when the handle does not exist or belongs to another connection. */
  find(number: number, caller: Peer | undefined, command: string): OpenFile {
    const { file, owner } = this.#entries.get(number) ?? {};
    if (file === undefined || (owner !== undefined && owner !== caller)) throw noHandle(number, command);
    (this.#entries.get(number) as Entry).lastUsed = this.#now();
    return file;
  }

  /** Closes a handle after its pending calls. */
  async close(number: number, caller: Peer | undefined, command: string): Promise<void> {
    const file = this.find(number, caller, command);
    this.#forget(number);
    await file.close();
  }

  /** Closes handles without an owner that have not been used for `idle` ms. */
  sweep(): void {
    const oldest = this.#now() - this.#limits.idle;
    for (const [number, { owner, file, lastUsed }] of this.#entries) {
      if (owner === undefined && file !== undefined && lastUsed < oldest) this.#abandon(number);
    }
  }

  /** Closes all files and stops the timer. */
  async closeAll(): Promise<void> {
    clearInterval(this.#sweeper);
    const files = [...this.#entries.values()].map(({ file }) => file);
    this.#entries.clear();
    this.#numbersOf.clear();
    await Promise.allSettled([...files.map((file) => file?.close()), ...this.#closing]);
  }

  #checkLimits(owner: Peer | undefined): void {
    const { total, perConnection } = this.#limits;
    const own = owner === undefined ? 0 : (this.#numbersOf.get(owner)?.size ?? 0);
    if (this.#entries.size < total && own < perConnection) return;
    const limit = own < perConnection ? `${total} open files` : `${perConnection} open files per connection`;
    throw new XsysError("LIMIT_EXCEEDED", `fs.open failed: the limit of ${limit} is reached`, {
      details: { total, perConnection },
    });
  }

  #giveTo(owner: Peer, number: number): void {
    const numbers = this.#numbersOf.get(owner);
    if (numbers !== undefined) {
      numbers.add(number);
      return;
    }
    const own = new Set([number]);
    this.#numbersOf.set(owner, own);
    owner.onClose(() => {
      for (const one of own) this.#abandon(one);
      this.#numbersOf.delete(owner);
    });
  }

  #forget(number: number): void {
    const owner = this.#entries.get(number)?.owner;
    this.#entries.delete(number);
    if (owner !== undefined) this.#numbersOf.get(owner)?.delete(number);
  }

  /** Closes a handle that no caller uses any more. Errors are ignored, because there is no caller to report them to. */
  #abandon(number: number): void {
    const file = this.#entries.get(number)?.file;
    this.#forget(number);
    if (file === undefined) return;
    const closing = file
      .close()
      .catch(() => {})
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function noHandle(number: number, command: string): XsysError {
  return new XsysError("NOT_FOUND", `${command} failed: no open file of this caller has the handle ${number}`, {
    details: { handle: number },
  });
}
