import { enterRawMode } from "./raw-mode.ts";

interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** The terminal in which xsys was started, if any; pipes have no size and no settings. */
export class CallersTerminal {
  #onResize: (() => void) | undefined;
  #restore: (() => void) | undefined;

  /** Empty if the size is unknown, so that the program gets the default of 80 by 24. */
  size(): Partial<Size> {
    const { isTTY, columns, rows } = process.stdout;
    return isTTY && columns > 0 && rows > 0 ? { cols: columns, rows } : {};
  }

  kind(): { readonly name?: string } {
    const { TERM } = process.env;
    return TERM === undefined || TERM === "" ? {} : { name: TERM };
  }

  /** From now on every key is passed to the program unchanged, and `resized` is called with every new size. */
  join(resized: (size: Size) => void): void {
    if (process.stdin.isTTY) this.#restore = enterRawMode();
    this.#onResize = () => {
      const size = this.size();
      if (size.cols !== undefined && size.rows !== undefined) resized(size as Size);
    };
    process.stdout.on("resize", this.#onResize);
    process.on("exit", this.leave); // for example when standard output is closed
  }

  /** Restores the terminal's settings. */
  readonly leave = (): void => {
    if (this.#onResize === undefined) return;
    process.off("exit", this.leave);
    process.stdout.off("resize", this.#onResize);
    this.#onResize = undefined;
    this.#restore?.();
  };
}
