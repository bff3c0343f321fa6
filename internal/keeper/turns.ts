/** Runs what it is given one after the other, in order. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when what it was given is done. Nothing is run after that. */
  stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.take(() => {
      resolve();
      return new Promise<never>(() => {});
    });
    return promise;
  }
}
