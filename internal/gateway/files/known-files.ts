import type { Answer } from "../exchange/answer.ts";
import type { ServedFile } from "./load-file.ts";

/**
 * Milliseconds for which a checked file is considered unchanged. A check blocks the event loop for 30 µs, more than
 * the rest of a request; ten checks per second of a busy file are negligible.
 */
const FRESH = 100;

interface Known {
  readonly file: ServedFile;
  readonly checkedAt: number;
  wasAsked: boolean;
}

/** Cache of recently requested files. */
export class KnownFiles {
  readonly #max: number;
  readonly #forgotten: (file: ServedFile) => void;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<ServedFile | Answer>>();

  /** @param forgotten - called for each file that leaves the cache. */
  constructor(max: number, forgotten: (file: ServedFile) => void) {
    this.#max = max;
    this.#forgotten = forgotten;
  }

  /** Undefined if the file must be checked first. */
  get(key: string): ServedFile | undefined {
    const known = this.#known.get(key);
    if (known === undefined || performance.now() - known.checkedAt > FRESH) return undefined;
    known.wasAsked = true;
    return known.file;
  }

  /** Concurrent calls share one check. An answer returned in place of a file is not cached. */
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
    this.#known.set(key, { file, checkedAt: performance.now(), wasAsked: false });
  }

  /** Evicts the oldest file that was not requested since its last pass (second-chance eviction). */
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
