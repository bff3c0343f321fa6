import { enterRawMode } from "./raw-mode.ts";

interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** The terminal that xsys was started in, if there is one: pipes have no size, and nothing to be set. */
export class CallersTerminal {
  #onResize: (() => void) | undefined;
  #restore: (() => void) | undefined;

  /** Nothing where it is not known, so that the program gets the usual 80 by 24. */
  size(): Partial<Size> {
    const { isTTY, columns, rows } = process.stdout;
    return isTTY && columns > 0 && rows > 0 ? { cols: columns, rows } : {};
  }

  kind(): { readonly name?: string } {
    const { TERM } = process.env;
    return TERM === undefined || TERM === "" ? {} : { name: TERM };
  }

  /** From now on every key goes to the program as it is, and every new size is told. */
  join(resized: (size: Size) => void): void {
    if (process.stdin.isTTY) this.#restore = enterRawMode();
    this.#onResize = () => {
      const size = this.size();
      if (size.cols !== undefined && size.rows !== undefined) resized(size as Size);
    };
    process.stdout.on("resize", this.#onResize);
    process.on("exit", this.leave); // as when standard output is closed
  }

  /** The terminal is again as it was found. */
  readonly leave = (): void => {
    if (this.#onResize === undefined) return;
    process.off("exit", this.leave);
    process.stdout.off("resize", this.#onResize);
    this.#onResize = undefined;
    this.#restore?.();
  };
}
