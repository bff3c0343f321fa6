import type { Answer } from "../exchange/answer.ts";
import type { ServedFile } from "./load-file.ts";

/**
 * Milliseconds for which a file that was looked at is taken to be the same. A look keeps the event loop for 30 µs, which is
 * more than all else that a request takes; ten a second for a file that is asked for all the time are nothing.
 */
const FRESH = 100;

interface Known {
  readonly file: ServedFile;
  readonly lookedAt: number;
  wasAsked: boolean;
}

/** The files that were asked for last, by a key of their own. */
export class KnownFiles {
  readonly #max: number;
  readonly #forgotten: (file: ServedFile) => void;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<ServedFile | Answer>>();

  /** @param forgotten - told of each file that is no longer known. */
  constructor(max: number, forgotten: (file: ServedFile) => void) {
    this.#max = max;
    this.#forgotten = forgotten;
  }

  /** Undefined when it has to be looked at. */
  get(key: string): ServedFile | undefined {
    const known = this.#known.get(key);
    if (known === undefined || performance.now() - known.lookedAt > FRESH) return undefined;
    known.wasAsked = true;
    return known.file;
  }

  /** All who ask at the same time wait for one look. An answer in place of a file is not remembered. */
  load(
    key: string,
    look: (before: ServedFile | undefined) => Promise<ServedFile | Answer>,
  ): Promise<ServedFile | Answer> {
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#load(key, look).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return loading;
  }

  forget(key: string): void {
    const known = this.#known.get(key);
    if (known === undefined) return;
    this.#known.delete(key);
    this.#forgotten(known.file);
  }

  clear(): void {
    for (const key of [...this.#known.keys()]) this.forget(key);
  }

  async #load(
    key: string,
    look: (before: ServedFile | undefined) => Promise<ServedFile | Answer>,
  ): Promise<ServedFile | Answer> {
    const before = this.#known.get(key);
    try {
      const found = await look(before?.file);
      this.#remember(key, "status" in found ? undefined : found);
      return found;
    } catch (error) {
      this.forget(key);
      throw error;
    }
  }

  #remember(key: string, file: ServedFile | undefined): void {
    if (this.#known.get(key)?.file !== file) this.forget(key);
    if (file === undefined || this.#max === 0) return;
    if (this.#known.size >= this.#max && !this.#known.has(key)) this.#makeRoom();
    this.#known.set(key, { file, lookedAt: performance.now(), wasAsked: false });
  }

  /** The oldest that was not asked for since it was last passed over. */
  #makeRoom(): void {
    for (const [key, known] of this.#known) {
      if (!known.wasAsked) {
        this.forget(key);
        return;
      }
      known.wasAsked = false;
      this.#known.delete(key);
      this.#known.set(key, known);
    }
  }
}
