import { accessSync, constants } from "node:fs";
import type { HelloAnswer } from "../../../protocol/wire/message.ts";
import { unavailable } from "../call-errors.ts";
import { AUTOSTART_WAIT, type Autostart, type Started, startService } from "../start/start-service.ts";
import { connectDescriptor } from "./descriptor.ts";
import { sleep } from "./poll-backoff.ts";
import { NotSent, SyncLink } from "./sync-link.ts";
import type { SyncAnswer, SyncCall, SyncTransport } from "./sync-transport.ts";

export interface TransportOptions {
  readonly socket: string;
  /** Milliseconds to keep trying to connect while there is no listener. */
  readonly wait: number;
  /** Id of the process that owns the locks taken by this client. */
  readonly pid: number;
  /** The command that starts a service when none is running; without it none is started. */
  readonly autostart?: false | Autostart | undefined;
}

const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 50;

/** Sends calls over a connection owned by this thread. After it was lost, the next call reconnects. */
export class SocketTransport implements SyncTransport {
  readonly socket: string;
  readonly #options: TransportOptions;
  #link: SyncLink;
  #closed = false;

  /**
   * @throws UNAVAILABLE when no service answers in time, or the error with which the service refuses the connection.
   */
  constructor(options: TransportOptions) {
    this.socket = options.socket;
    this.#options = options;
    this.#link = openLink(options, Number.POSITIVE_INFINITY);
  }

  get hello(): HelloAnswer {
    return this.#link.hello;
  }

  call(call: SyncCall): SyncAnswer {
    const deadline = call.timeout > 0 ? performance.now() + call.timeout : Number.POSITIVE_INFINITY;
    if (this.#closed) throw unavailable(this.socket, new Error("this client was closed"));
    for (let isFirst = true; ; isFirst = false) {
      try {
        if (!this.#link.alive) this.#link = openLink(this.#options, deadline);
        return this.#link.call(call, deadline);
      } catch (error) {
        if (!(error instanceof NotSent)) throw error;
        if (!isFirst) throw unavailable(this.socket, new Error("the service closes its connections at once"));
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#link.close();
  }
}

function openLink({ socket, wait, pid, autostart }: TransportOptions, deadline: number): SyncLink {
  let started: Started | undefined;
  let end = Math.min(performance.now() + wait, deadline);
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const descriptor = connectDescriptor(socket);
    if (descriptor === undefined) throw unavailable(socket, reasonFor(socket));
    try {
      const link = new SyncLink(socket, descriptor);
      link.handshake(pid, deadline);
      return link;
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      if (autostart && started === undefined) {
        started = startService(socket, autostart);
        end = Math.min(performance.now() + Math.max(wait, AUTOSTART_WAIT), deadline);
      }
      const failure = started?.failure();
      if (failure !== undefined || performance.now() + pause > end) {
        throw unavailable(socket, reasonFor(socket), failure);
      }
    }
    sleep(pause);
  }
}

/** Why a connection failed, which the descriptor does not tell: no such file, no permission, or no listener. */
function reasonFor(socket: string): unknown {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
  } catch (error) {
    return error;
  }
}
