import { trustedSocket } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { delayRefusal, pause } from "../../protocol/timers.ts";
import { unavailable } from "./call-errors.ts";
import { type Carrier, type Client, createClient } from "./client.ts";
import { Link } from "./link.ts";
import type { OutgoingCall } from "./outgoing-call.ts";
import { AUTOSTART_WAIT, type Autostart, type Started, startService } from "./start/start-service.ts";

export interface ConnectOptions {
  /** The service's socket. Without it: `$XSYS_SOCKET`, or the user's default one. */
  readonly socket?: string | undefined;
  /** Milliseconds to keep trying while nobody listens, for a service that is just starting; Infinity is for ever. */
  readonly wait?: number | undefined;
  /** Milliseconds that a call may take when it does not say so itself; 0 and Infinity are for ever. */
  readonly timeout?: number | undefined;
  /**
   * Starts a service when none runs: with `xsys serve`, or with the words of a command to which `--socket PATH` is added.
   * The program `xsys` is the one that `$XSYS_PATH` names, else the one that was installed with this package, else the one
   * on PATH. The service stays when this process ends.
   */
  readonly autostart?: false | Autostart | undefined;
  /** Process in whose name locks are taken; this one by default. */
  readonly pid?: number | undefined;
}

const DEFAULT_WAIT = 2_000;
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 200;

/**
 * Connects to a running service. When the connection is lost, the calls in flight fail as UNAVAILABLE, for nobody knows
 * whether they were carried out, and the next call connects anew.
 * @throws UNAVAILABLE when no service answers in time, DENIED when the default socket's folder cannot be trusted,
 * INVALID_PARAMS for a `wait` or `timeout` that is no number from 0 to Infinity.
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const refusal = delayRefusal("wait", options.wait) ?? delayRefusal("timeout", options.timeout);
  if (refusal !== undefined) throw refusal;
  const path = trustedSocket(options.socket);
  const open = () => openLink(path, options);
  return createClient(new ReconnectingCarrier(await open(), open, options.timeout));
}

class ReconnectingCarrier implements Carrier {
  readonly socket: string;
  readonly #open: () => Promise<Link>;
  readonly #timeout: number | undefined;
  #link: Link;
  #opening: Promise<Link> | undefined;
  #closed = false;

  constructor(link: Link, open: () => Promise<Link>, timeout: number | undefined) {
    this.socket = link.path;
    this.#link = link;
    this.#open = open;
    this.#timeout = timeout;
  }

  get hello() {
    return this.#link.hello;
  }

  send(call: OutgoingCall): void {
    const { timeout = this.#timeout } = call.options;
    const refusal = delayRefusal("timeout", timeout);
    if (refusal !== undefined) {
      call.waiting.reject(refusal);
      return;
    }
    const withTimeout = { ...call, options: { ...call.options, timeout } };
    if (this.#link.alive || this.#closed) this.#link.send(withTimeout);
    else this.#reopened().then((link) => link.send(withTimeout), call.waiting.reject.bind(call.waiting));
  }

  close(): void {
    this.#closed = true;
    this.#link.close();
  }

  #reopened(): Promise<Link> {
    this.#opening ??= this.#open()
      .then((link) => {
        this.#link = link;
        if (this.#closed) link.close();
        return link;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }
}

async function openLink(path: string, options: ConnectOptions): Promise<Link> {
  const { wait = DEFAULT_WAIT, autostart = false, pid = process.pid } = options;
  const started = autostart === false ? undefined : await startUnlessRunning(path, autostart, pid);
  if (started instanceof Link) return started;
  const patience = started === undefined ? wait : Math.max(wait, AUTOSTART_WAIT);
  const deadline = performance.now() + patience;
  for (let rest = FIRST_PAUSE; ; rest = Math.min(2 * rest, LONGEST_PAUSE)) {
    try {
      return await Link.open(path, pid);
    } catch (error) {
      if (error instanceof XsysError) throw error;
      const failure = started?.failure();
      if (failure !== undefined || performance.now() + rest > deadline) throw unavailable(path, error, failure);
    }
    await pause(rest);
  }
}

/** A link to the service that runs, or a program that was started to be it. */
async function startUnlessRunning(path: string, autostart: Autostart, pid: number): Promise<Link | Started> {
  try {
    return await Link.open(path, pid);
  } catch (error) {
    if (error instanceof XsysError) throw error;
  }
  return startService(path, autostart);
}
