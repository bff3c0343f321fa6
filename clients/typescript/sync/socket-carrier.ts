import { accessSync, constants } from "node:fs";
import type { HelloAnswer } from "../../../protocol/wire/message.ts";
import { unavailable } from "../call-errors.ts";
import { AUTOSTART_WAIT, type Autostart, type Started, startService } from "../start/start-service.ts";
import { connectDescriptor } from "./descriptor.ts";
import { sleep } from "./patience.ts";
import type { SyncAnswer, SyncCall, SyncCarrier } from "./sync-carrier.ts";
import { NotSent, SyncLink } from "./sync-link.ts";

export interface CarrierOptions {
  readonly socket: string;
  /** Milliseconds to keep trying while nobody listens. */
  readonly wait: number;
  /** Process in whose name locks are taken. */
  readonly pid: number;
  /** How a service is started when none runs; without it none is. */
  readonly autostart?: false | Autostart | undefined;
}

const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 50;

/** Carries calls on a connection of this thread's own, which is made anew by the next call when it was lost. */
export class SocketCarrier implements SyncCarrier {
  readonly socket: string;
  readonly #options: CarrierOptions;
  #link: SyncLink;
  #closed = false;

  /** @throws UNAVAILABLE when no service answers in time, or what the service refuses the connection with. */
  constructor(options: CarrierOptions) {
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
        if (!isFirst) throw unavailable(this.socket, new Error("it closes its connections at once"));
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#link.close();
  }
}

function openLink({ socket, wait, pid, autostart }: CarrierOptions, deadline: number): SyncLink {
  let started: Started | undefined;
  let end = Math.min(performance.now() + wait, deadline);
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const descriptor = connectDescriptor(socket);
    if (descriptor === undefined) throw unavailable(socket, reasonFor(socket));
    try {
      const link = new SyncLink(socket, descriptor);
      link.introduce(pid, deadline);
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

/** Why a connection failed, which the descriptor does not tell: nothing there, no right to it, or nobody behind it. */
function reasonFor(socket: string): unknown {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
  } catch (error) {
    return error;
  }
}
