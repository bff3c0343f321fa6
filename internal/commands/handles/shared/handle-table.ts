import { XsysError } from "../../../../protocol/errors.ts";
import { startInterval } from "../../../../protocol/timers.ts";
import type { Peer } from "../../../base/context.ts";
import type { OpenFile } from "./open-file.ts";

export interface HandleLimits {
  /** Open files of all. */
  readonly total: number;
  /** Open files that belong to one connection. */
  readonly perConnection: number;
  /** Milliseconds after which a handle that belongs to nobody and was not used is closed. */
  readonly idle: number;
}

const DEFAULT_LIMITS: HandleLimits = { total: 1_024, perConnection: 256, idle: 3_600_000 };

interface Entry {
  /** The connection that alone may use it. */
  readonly owner: Peer | undefined;
  /** Undefined while it is being opened. */
  file: OpenFile | undefined;
  lastUsed: number;
}

/** A service's open files by number. */
export class HandleTable {
  readonly #limits: HandleLimits;
  readonly #now: () => number;
  readonly #entries = new Map<number, Entry>();
  readonly #numbersOf = new Map<Peer, Set<number>>();
  readonly #sweeper: NodeJS.Timeout;
  /** What is being closed and nobody waits for. */
  readonly #closing = new Set<Promise<void>>();
  /**
   * Numbers are never given twice, and begin anywhere: one that a client kept from a connection or a service before must
   * not name another's file. Above the descriptors that a command line without a service answers with.
   */
  #next = 10_000 + Math.floor(Math.random() * 2 ** 30);

  /** `now` tells milliseconds on any clock that does not go back. */
  constructor(limits: Partial<HandleLimits> = {}, now: () => number = () => performance.now()) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#now = now;
    this.#sweeper = startInterval(() => this.sweep(), this.#limits.idle / 60).unref();
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Opens a file and gives its number. With an owner it is closed when that connection is gone.
   * @throws LIMIT_EXCEEDED before anything is opened.
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

  /** @throws NOT_FOUND when there is no such handle, or it is another connection's. */
  find(number: number, caller: Peer | undefined, command: string): OpenFile {
    const { file, owner } = this.#entries.get(number) ?? {};
    if (file === undefined || (owner !== undefined && owner !== caller)) throw noHandle(number, command);
    (this.#entries.get(number) as Entry).lastUsed = this.#now();
    return file;
  }

  /** Ends a handle after the calls on it that are under way. */
  async close(number: number, caller: Peer | undefined, command: string): Promise<void> {
    const file = this.find(number, caller, command);
    this.#forget(number);
    await file.close();
  }

  /** Closes what belongs to nobody and was not used for too long. */
  sweep(): void {
    const oldest = this.#now() - this.#limits.idle;
    for (const [number, { owner, file, lastUsed }] of this.#entries) {
      if (owner === undefined && file !== undefined && lastUsed < oldest) this.#abandon(number);
    }
  }

  /** Closes everything, for good. */
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
    const many = own < perConnection ? `${total} files are open` : `${perConnection} files are open on one connection`;
    throw new XsysError("LIMIT_EXCEEDED", `fs.open failed: more than ${many}`, { details: { total, perConnection } });
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

  /** Closes a handle whose user is gone, and with whom nobody is left to be told of a failure. */
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
