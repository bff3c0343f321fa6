import type { Server } from "node:net";

/** Where an application wants a server to listen, as Node passes it to the function that creates the handle. */
export interface Place {
  /** An IP address or a path. */
  readonly address: string;
  /** -1 for a path. */
  readonly port: number;
  readonly family: number;
}

/** What a handle does for its server. */
export interface HandleOwner {
  /** Port that the server's address shows if the application asked for any. */
  readonly shownPort: number;
  /** Returns 0, or a negative error number. */
  listen(): number;
  close(): void;
  keepAlive(keeps: boolean): void;
}

/**
 * Stands in for the socket of a listening server. Node does the same in the workers of node:cluster, so servers need
 * only these methods of a handle.
 */
export class WorkerHandle {
  /** Set by net.Server. */
  onconnection: unknown;
  readonly getsockname: ((out: object) => number) | undefined;
  readonly #owner: HandleOwner;

  constructor(place: Place, owner: HandleOwner) {
    this.#owner = owner;
    if (place.port >= 0) this.getsockname = (out) => describe(out, place, owner.shownPort);
  }

  listen(): number {
    return this.#owner.listen();
  }

  close(): void {
    this.#owner.close();
  }

  ref(): void {
    this.#owner.keepAlive(true);
  }

  unref(): void {
    this.#owner.keepAlive(false);
  }
}

function describe(out: object, { address, port, family }: Place, shownPort: number): number {
  Object.assign(out, { address, family: `IPv${family}`, port: port === 0 ? shownPort : port });
  return 0;
}

type ListenTo = (this: Listening, address: string, port: number | null, family: number, ...rest: unknown[]) => void;

/** A server while it begins to listen. */
export type Listening = Server & { _handle: object | null };

/** What a server listens on instead: a handle, a Unix socket, or an inherited socket. */
export interface Instead {
  readonly handle?: object;
  readonly path?: string;
  readonly descriptor?: number;
  /** Called with the handle when it listens. */
  readonly listens?: (handle: object) => void;
  /** It listens as the application says. Called before with what tries it again. */
  readonly itself?: (again: () => void) => void;
}

/**
 * Calls `offer` for each server that is about to listen on an address or a path, and makes it listen on what `offer`
 * returns. Node has kept the method's name for programs that replace it, and reports invalid arguments, looks up host
 * names and adds callbacks and abort signals before it.
 * @param descriptor - a listening socket, for which `offer` is called as well; servers on others are left alone
 */
export function onListen(
  prototype: object,
  offer: (server: Listening, place: Place) => Instead | undefined,
  descriptor?: number,
): void {
  const methods = prototype as { _listen2: ListenTo };
  const { _listen2: listenTo } = methods;
  methods._listen2 = function (this: Listening, address, port, family, ...rest) {
    const [backlog, fd] = rest;
    const place = address ? { address, port: port ?? 0, family } : { address: "::", port: port ?? 0, family: 6 };
    const isOther = typeof fd === "number" && fd !== descriptor;
    const instead = this._handle || isOther ? undefined : offer(this, place);
    const itself = () => listenTo.call(this, address, port, family, ...rest);
    instead?.itself?.(itself);
    if (instead === undefined || instead.itself !== undefined) itself();
    else if (instead.descriptor !== undefined) listenTo.call(this, "", 0, 0, backlog, instead.descriptor);
    else if (instead.path !== undefined) listenTo.call(this, instead.path, -1, -1, backlog);
    else {
      this._handle = instead.handle ?? null;
      listenTo.call(this, place.address, port, place.family, ...rest);
    }
    if (this._handle) instead?.listens?.(this._handle);
  };
}
