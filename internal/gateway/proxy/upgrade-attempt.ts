import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { startTimer } from "../../../protocol/timers.ts";
import type { Upstream } from "./upstream.ts";

/** Maximum bytes of the head of an upstream's answer. */
const MAX_HEAD = 16_384;

export interface UpgradeWish {
  readonly method: string;
  readonly path: string;
  /** Names and values alternately, including Connection and Upgrade. */
  readonly headers: readonly string[];
}

/** An upstream's reply. */
export interface UpgradeReply {
  readonly response: IncomingMessage;
  /** If it accepted: the connection, and the bytes already received on it. */
  readonly switched: { readonly socket: Duplex; readonly head: Buffer } | undefined;
}

/** Timeouts in milliseconds; 0 for no timeout. */
export interface UpgradeTimes {
  readonly connect: number;
  readonly answer: number;
}

/** An upgrade request to one upstream, on a new connection. */
export class UpgradeAttempt {
  /** Rejects if the upstream cannot be reached, breaks off or takes too long. */
  readonly reply: Promise<UpgradeReply>;
  /** The upstream may have received the request. */
  wasSent = false;
  #request: ClientRequest | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(upstream: Upstream, wish: UpgradeWish, times: UpgradeTimes) {
    upstream.active += 1;
    this.reply = this.#ask(upstream, wish, times).finally(() => {
      clearTimeout(this.#timer);
      upstream.active -= 1;
    });
  }

  /** Called when the client has disconnected. */
  abort(): void {
    this.#request?.destroy(new Error("the client disconnected"));
  }

  async #ask(upstream: Upstream, { method, path, headers }: UpgradeWish, times: UpgradeTimes): Promise<UpgradeReply> {
    const { isTls, hostname, port } = upstream.address;
    const request = (isTls ? requestHttps : requestHttp)({
      ...{ hostname, port, method, path, headers, agent: false, setHost: false, maxHeaderSize: MAX_HEAD },
      ...{ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 },
      servername: isIP(hostname) === 0 ? hostname : "",
    });
    this.#request = request;
    this.#limitTime(times.connect, "UND_ERR_CONNECT_TIMEOUT");
    request.once("socket", (socket) => {
      socket.once(isTls ? "secureConnect" : "connect", () => {
        this.wasSent = true;
        this.#limitTime(times.answer, "UND_ERR_HEADERS_TIMEOUT");
      });
    });
    const { promise, resolve, reject } = Promise.withResolvers<UpgradeReply>();
    request.on("error", reject);
    request.once("response", (response) => resolve({ response, switched: undefined }));
    request.once("upgrade", (response, socket, head) => resolve({ response, switched: { socket, head } }));
    request.end();
    const reply = await promise;
    upstream.health.reached();
    return reply;
  }

  /** Fails with undici's error code after the timeout. */
  #limitTime(ms: number, code: string): void {
    clearTimeout(this.#timer);
    if (ms === 0) return;
    const fail = (): void => void this.#request?.destroy(Object.assign(new Error("no answer in time"), { code }));
    this.#timer = startTimer(fail, ms);
  }
}
