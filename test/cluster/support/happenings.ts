/** A list of events that a test can wait for. */
export class Happenings<T> {
  readonly all: T[] = [];
  #read = 0;
  readonly #wake = new Set<() => void>();

  add(what: T): void {
    this.all.push(what);
    for (const wake of this.#wake) wake();
  }

  /** The next wanted event after those already read. Unwanted events before it are skipped. */
  async next(isWanted: (what: T) => boolean = () => true): Promise<T> {
    for (;;) {
      while (this.#read < this.all.length) {
        const what = this.all[this.#read++] as T;
        if (isWanted(what)) return what;
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#wake.delete(wake);
          resolve();
        };
        this.#wake.add(wake);
      });
    }
  }
}
