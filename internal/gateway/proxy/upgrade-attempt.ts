import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { startTimer } from "../../../protocol/timers.ts";
import type { Upstream } from "./upstream.ts";

/** Bytes of the head of an upstream's answer. */
const MAX_HEAD = 16_384;

export interface UpgradeWish {
  readonly method: string;
  readonly path: string;
  /** Name and value in turn, Connection and Upgrade among them. */
  readonly headers: readonly string[];
}

/** What a server says to it. */
export interface UpgradeReply {
  readonly response: IncomingMessage;
  /** The connection, and what already came of it, when it agreed. */
  readonly switched: { readonly socket: Duplex; readonly head: Buffer } | undefined;
}

/** Milliseconds; 0 for any number. */
export interface UpgradeTimes {
  readonly connect: number;
  readonly answer: number;
}

/** A change of protocol asked of one upstream, over a connection of its own. */
export class UpgradeAttempt {
  /** Rejects when it cannot be reached, breaks off or takes too long. */
  readonly reply: Promise<UpgradeReply>;
  /** The upstream may have seen it. */
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

  /** Nobody wants it any more. */
  abort(): void {
    this.#request?.destroy(new Error("the client has gone"));
  }

  async #ask(upstream: Upstream, { method, path, headers }: UpgradeWish, times: UpgradeTimes): Promise<UpgradeReply> {
    const { isTls, hostname, port } = upstream.address;
    const request = (isTls ? requestHttps : requestHttp)({
      ...{ hostname, port, method, path, headers, agent: false, setHost: false, maxHeaderSize: MAX_HEAD },
      ...{ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 },
      servername: isIP(hostname) === 0 ? hostname : "",
    });
    this.#request = request;
    this.#giveTime(times.connect, "UND_ERR_CONNECT_TIMEOUT");
    request.once("socket", (socket) => {
      socket.once(isTls ? "secureConnect" : "connect", () => {
        this.wasSent = true;
        this.#giveTime(times.answer, "UND_ERR_HEADERS_TIMEOUT");
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

  /** Late, it fails as undici's requests do. */
  #giveTime(ms: number, code: string): void {
    clearTimeout(this.#timer);
    if (ms === 0) return;
    const fail = (): void => void this.#request?.destroy(Object.assign(new Error("no answer in time"), { code }));
    this.#timer = startTimer(fail, ms);
  }
}
