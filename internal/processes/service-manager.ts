import { spawn } from "node:child_process";
import { CLibrary, lastError } from "../base/c-library.ts";
import type { Logger } from "../base/log.ts";

/** Variables of sd_notify(3) and sd_watchdog_enabled(3). */
const VARIABLES = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const;
/** Milliseconds until a message is sent again that the receiver's queue has no room for. */
const RETRY = 20;

/** Fields of a message, such as `READY`: sd_notify(3) lists them. */
export type Notice = Readonly<Record<string, string | number>>;

/**
 * The service manager that started this process with `Type=notify`, such as systemd: it is told when the service is
 * ready, reloads, stops and is alive. A message that cannot be sent has no effect but one line in the log.
 *
 * Node has no Unix datagram sockets, so the C library is called through node:ffi. Without it, each message is sent by
 * the program systemd-notify, which the unit must allow with `NotifyAccess=all`.
 */
export class ServiceManager {
  /** Milliseconds within which the manager expects a sign of life; undefined if it expects none. */
  readonly watchdog: number | undefined;
  readonly #socket: string;
  readonly #log: Logger;
  readonly #waiting: string[] = [];
  #hasComplained = false;

  /**
   * Takes the variables out of the environment, so that no other process inherits them. Undefined if nothing is to be
   * told.
   */
  static take(env: NodeJS.ProcessEnv, log: Logger): ServiceManager | undefined {
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: microseconds, WATCHDOG_PID: pid } = env;
    for (const name of VARIABLES) delete env[name];
    if (socket === undefined || socket === "") return undefined;
    const isMeant = pid === undefined || pid === String(process.pid);
    const watchdog = isMeant && Number(microseconds) > 0 ? Number(microseconds) / 1_000 : undefined;
    return new ServiceManager(socket, watchdog, log);
  }

  private constructor(socket: string, watchdog: number | undefined, log: Logger) {
    this.#socket = socket;
    this.watchdog = watchdog;
    this.#log = log;
  }

  /** Sends a message. Messages arrive in order. */
  tell(notice: Notice): void {
    const lines = Object.entries(notice).map(([name, value]) => `${name}=${String(value).replaceAll("\n", " ")}`);
    if (library.functions === undefined) this.#run(lines);
    else if (this.#waiting.push(lines.join("\n")) === 1) this.#send();
  }

  #send(): void {
    for (let [text] = this.#waiting; text !== undefined; [text] = this.#waiting) {
      const failure = sendDatagram(this.#socket, text);
      if (failure === "EAGAIN") {
        setTimeout(() => this.#send(), RETRY);
        return;
      }
      this.#waiting.shift();
      if (failure !== undefined) this.#complain(failure);
    }
  }

  #run(lines: readonly string[]): void {
    const env = { ...process.env, NOTIFY_SOCKET: this.#socket };
    const child = spawn("systemd-notify", lines, { env, stdio: "ignore" });
    child.on("error", (error) => this.#complain(`there is no node:ffi, and systemd-notify fails: ${error.message}`));
    child.on("exit", (code) => {
      if (code !== 0) this.#complain(`there is no node:ffi, and systemd-notify fails with status ${code}`);
    });
  }

  #complain(failure: string): void {
    if (!this.#hasComplained) this.#log.warn({ socket: this.#socket }, `cannot notify the service manager: ${failure}`);
    this.#hasComplained = true;
  }
}

/** Whether messages are sent by this process itself, and not by systemd-notify. */
export function notifiesItself(): boolean {
  return library.functions !== undefined;
}

/** Sends a datagram to a Unix socket. Returns the error: EAGAIN if the queue of the receiver is full. */
function sendDatagram(path: string, text: string): string | undefined {
  const address = addressOf(path);
  if (address === undefined) return "NOTIFY_SOCKET must be a path, or a name after @, of at most 107 bytes";
  const { socket, sendto, close } = library.need("the service manager cannot be notified");
  const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return lastError();
  const bytes = Buffer.from(text);
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const sent = sendto(descriptor, bytes, BigInt(bytes.length), flags, address, address.length);
  const failure = sent < 0n ? lastError() : undefined;
  close(descriptor);
  return failure;
}

/** struct sockaddr_un of unix(7). A name after `@` is in the abstract namespace: NUL instead of `@`, and none after it. */
function addressOf(path: string): Buffer | undefined {
  if (!/^[/@]./.test(path) || Buffer.byteLength(path) > MAX_PATH) return undefined;
  const name = path.startsWith("@") ? `\0${path.slice(1)}` : `${path}\0`;
  const family = Buffer.alloc(2);
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = AF_UNIX;
  return Buffer.concat([family, Buffer.from(name)]);
}

/** socket(2), send(2) and unix(7) on Linux. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MAX_PATH = 107;

const library = new CLibrary({
  socket: { arguments: ["int32", "int32", "int32"], return: "int32" },
  sendto: { arguments: ["int32", "pointer", "uint64", "int32", "pointer", "uint32"], return: "int64" },
  close: { arguments: ["int32"], return: "int32" },
});
