import { trustedSocket } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { delayRefusal, pause } from "../../protocol/timers.ts";
import { unavailable } from "./call-errors.ts";
import { type Client, createClient, type Transport } from "./client.ts";
import { Link } from "./link.ts";
import type { OutgoingCall } from "./outgoing-call.ts";
import { AUTOSTART_WAIT, type Autostart, type Started, startService } from "./start/start-service.ts";

export interface ConnectOptions {
  /** Path of the service's socket. Default: `$XSYS_SOCKET`, or else the user's default socket. */
  readonly socket?: string | undefined;
  /**
   * Milliseconds to keep trying to connect, for a service that is still starting; Infinity: no limit. Default: 2000
   * (connectSync: 500).
   */
  readonly wait?: number | undefined;
  /** Timeout of a call without a timeout of its own, in milliseconds. Default, 0 and Infinity: no timeout. */
  readonly timeout?: number | undefined;
  /**
   * Starts a service when none is running: `true` runs `xsys serve`, a list runs that command with `--socket PATH`
   * added. The program `xsys` is the one that `$XSYS_PATH` names, else the one installed with this package, else the
   * one on PATH. The service keeps running when this process ends.
   */
  readonly autostart?: false | Autostart | undefined;
  /** Id of the process that owns the locks taken by this client. Default: this process. */
  readonly pid?: number | undefined;
}

const DEFAULT_WAIT = 2_000;
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 200;

/**
 * Connects to a running service. When the connection is lost, the calls in flight fail with UNAVAILABLE, because it is
 * not known whether they were carried out. The next call reconnects. Calls are never retried automatically.
 * @throws UNAVAILABLE when no service answers in time, DENIED when the default socket's folder cannot be trusted,
 * INVALID_PARAMS for a `wait` or `timeout` that is not a number from 0 to Infinity.
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const refusal = delayRefusal("wait", options.wait) ?? delayRefusal("timeout", options.timeout);
  if (refusal !== undefined) throw refusal;
  const path = trustedSocket(options.socket);
  const open = () => openLink(path, options);
  return createClient(new ReconnectingTransport(await open(), open, options.timeout));
}

class ReconnectingTransport implements Transport {
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
      call.receiver.reject(refusal);
      return;
    }
    const withTimeout = { ...call, options: { ...call.options, timeout } };
    if (this.#link.alive || this.#closed) this.#link.send(withTimeout);
    else this.#reopened().then((link) => link.send(withTimeout), call.receiver.reject.bind(call.receiver));
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
  const maxWait = started === undefined ? wait : Math.max(wait, AUTOSTART_WAIT);
  const deadline = performance.now() + maxWait;
  for (let delay = FIRST_PAUSE; ; delay = Math.min(2 * delay, LONGEST_PAUSE)) {
    try {
      return await Link.open(path, pid);
    } catch (error) {
      if (error instanceof XsysError) throw error;
      const failure = started?.failure();
      if (failure !== undefined || performance.now() + delay > deadline) throw unavailable(path, error, failure);
    }
    await pause(delay);
  }
}

/** A link to the running service, or else the service process that was started. */
async function startUnlessRunning(path: string, autostart: Autostart, pid: number): Promise<Link | Started> {
  try {
    return await Link.open(path, pid);
  } catch (error) {
    if (error instanceof XsysError) throw error;
  }
  return startService(path, autostart);
}
