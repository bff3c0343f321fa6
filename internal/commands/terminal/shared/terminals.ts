import { XsysError } from "../../../../protocol/errors.ts";
import type { Host, Peer } from "../../../base/context.ts";
import { perHost } from "../../../base/per-host.ts";
import type { PtyProgram } from "./pty-program.ts";

/** Terminals that one service has at a time: each is a process and a descriptor of the 1,024 that are usual. */
export const MAX_TERMINALS = 64;

interface Terminal {
  readonly program: PtyProgram;
  /** The connection that opened it; absent in a one-shot command. */
  readonly owner: Peer | undefined;
}

/** The open terminals of a service, by their ids. */
class Terminals {
  readonly #open = new Map<number, Terminal>();
  /** Places taken, by those too whose program is just being started. */
  #places = 0;
  #lastId = 0;

  /** Takes a place, or refuses. Gives what frees it. */
  reserve(): () => void {
    if (this.#places >= MAX_TERMINALS) {
      throw new XsysError("LIMIT_EXCEEDED", `terminal.open: ${MAX_TERMINALS} terminals are open already`);
    }
    this.#places++;
    return () => this.#places--;
  }

  add(program: PtyProgram, owner: Peer | undefined): number {
    const id = ++this.#lastId;
    this.#open.set(id, { program, owner });
    return id;
  }

  delete(id: number): void {
    this.#open.delete(id);
  }

  /** @throws NOT_FOUND for an id of none, and for another's, so that nobody learns whether it is there. */
  find(id: number, owner: Peer | undefined): PtyProgram {
    const terminal = this.#open.get(id);
    if (terminal !== undefined && terminal.owner === owner) return terminal.program;
    throw new XsysError("NOT_FOUND", `this connection has no open terminal ${id}`, { details: { terminal: id } });
  }
}

/** The open terminals of a service. */
export const terminalsOf: (host: Host) => Terminals = perHost(() => new Terminals());
