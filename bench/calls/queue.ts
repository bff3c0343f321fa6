/** Matches answers to calls on a connection that answers in the order of the calls. */
export class Queue {
  readonly #waiting: ((answer: unknown) => void)[] = [];

  ask(send: () => void): Promise<unknown> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      send();
    });
  }

  answer(answer: unknown): void {
    this.#waiting.shift()?.(answer);
  }
}
