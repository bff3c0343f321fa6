import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach } from "vitest";
import type { GatewayOptions } from "../../internal/gateway/options.ts";
import type { Service } from "../../internal/service.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { startTestService } from "../support/service.ts";

/** What `server start` has without flags, on a port of the kernel's choice, and without waiting long for anything. */
export const GATEWAY: GatewayOptions = {
  host: "127.0.0.1",
  port: 0,
  timeout: 30_000,
  maxBody: 10 * 1024 * 1024,
  maxUrl: 2_048,
  http2MaxStreams: 100,
  keepAliveTimeout: 60_000,
  keepAliveRequests: 0,
  queueTimeout: 10_000,
  retry: { max: 3, delay: 0 },
  strategy: "round-robin",
  rescue: false,
  trustProxy: [],
  statics: { concurrency: 64, cacheEntries: 100, dotfiles: "deny" },
  guards: {},
  accessLog: false,
};

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A gateway that a test gives workers to by itself: they are connections that say what the test has them say. */
export function useGateway() {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  return async (options: Partial<GatewayOptions> = {}) => {
    const log: Record<string, unknown>[] = [];
    const gateway = { ...GATEWAY, ...options };
    const service = await startTestService({ server: { gateway }, onLog: (line) => log.push(line) });
    cleanUps.push(async () => {
      service.stop(true);
      await service.ended;
    });
    return new TestGateway(service, log, cleanUps);
  };
}

export class TestGateway {
  readonly service: Service;
  readonly log: readonly Record<string, unknown>[];
  readonly port: number;
  readonly #cleanUps: (() => unknown)[];

  constructor(service: Service, log: readonly Record<string, unknown>[], cleanUps: (() => unknown)[]) {
    this.service = service;
    this.log = log;
    this.port = Number(service.addresses[0]?.split(":").at(-1));
    this.#cleanUps = cleanUps;
  }

  /** A worker as XyPriss's are, which has told its routes. */
  async worker(registration: object = { id: "master" }, routes: unknown = []): Promise<TestWorker> {
    const peer = await RawPeer.connect(this.service.socket);
    this.#cleanUps.push(() => peer.close());
    peer.send({ type: "RegisterWorker", payload: registration });
    peer.send({ type: "SyncRoutes", payload: routes });
    return new TestWorker(peer);
  }

  /** Sends a request; `body` gives all of it. */
  async ask(
    path: string,
    { body, ...options }: RequestOptions & { readonly body?: string | Buffer } = {},
  ): Promise<Answered> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = httpRequest({ host: "127.0.0.1", port: this.port, path, agent: false, ...options }, resolve);
    request.on("error", reject);
    request.end(body);
    const response = await promise;
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }
}

/** What a worker is asked, as the JSON message has it. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into it
export type Asked = any;

export class TestWorker {
  readonly peer: RawPeer;

  constructor(peer: RawPeer) {
    this.peer = peer;
  }

  /** The next request that it is given. */
  async asked(): Promise<Asked> {
    for (;;) {
      const { type, payload } = await this.peer.message();
      if (type === "Request") return payload;
    }
  }

  answer(request: Asked, body = "", { status = 200, headers = {} }: { status?: unknown; headers?: object } = {}): void {
    const encoded = Buffer.from(body).toString("base64");
    this.peer.send({ type: "Response", payload: { id: request.id, status, headers, body: encoded } });
  }

  /** Answers every request from now on with what a function makes of it. */
  async answerAll(make: (request: Asked) => string = ({ url }) => url): Promise<void> {
    try {
      for (;;) {
        const request = await this.asked();
        this.answer(request, make(request));
      }
    } catch {
      // its connection is closed
    }
  }
}
