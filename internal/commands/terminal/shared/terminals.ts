import { XsysError } from "../../../../protocol/errors.ts";
import type { Host, Peer } from "../../../base/context.ts";
import { perHost } from "../../../base/per-host.ts";
import type { PtyProgram } from "./pty-program.ts";

/** Maximum number of open terminals. Each takes a process and a descriptor, and 1,024 descriptors are a usual limit. */
export const MAX_TERMINALS = 64;

interface Terminal {
  readonly program: PtyProgram;
  /** The connection that opened it; absent in a one-shot command. */
  readonly owner: Peer | undefined;
}

/** The open terminals of a service, by their ids. */
class Terminals {
  readonly #open = new Map<number, Terminal>();
  /** Number of open terminals, including those whose program is being started. */
  #places = 0;
  #lastId = 0;

  /** Reserves a place. Returns a function that releases it. @throws LIMIT_EXCEEDED */
  reserve(): () => void {
    if (this.#places >= MAX_TERMINALS) {
      throw new XsysError("LIMIT_EXCEEDED", `terminal.open: the limit of ${MAX_TERMINALS} open terminals is reached`);
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

  /** @throws NOT_FOUND for an unknown id, and for one of another connection, so as not to reveal that it exists. */
  find(id: number, owner: Peer | undefined): PtyProgram {
    const terminal = this.#open.get(id);
    if (terminal !== undefined && terminal.owner === owner) return terminal.program;
    throw new XsysError("NOT_FOUND", `this connection has no open terminal ${id}`, { details: { terminal: id } });
  }
}

/** The open terminals of a service. */
export const terminalsOf: (host: Host) => Terminals = perHost(() => new Terminals());
