import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach } from "vitest";
import type { GatewayOptions, ProxyOptions } from "../../internal/gateway/options.ts";
import { BUILT } from "../support/program.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";
import { type StartedGateway, startGatewayProcess } from "./started-gateway.ts";

/** The defaults of `server start`, with a port chosen by the kernel and short delays. */
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
  standbyWarmUp: [],
  rescue: false,
  trustProxy: [],
  statics: { concurrency: 64, cacheEntries: 100, dotfiles: "deny" },
  guards: {},
  accessLog: false,
};

/** Options of a proxy without health checks. */
export const PROXY: Omit<ProxyOptions, "upstreams"> = {
  strategy: "round-robin",
  connectTimeout: 5_000,
  idleTimeout: 10_000,
  timeout: 20_000,
};

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/**
 * A gateway whose workers are simulated by the test. It runs in the test's own process, or in the built executable if
 * that is tested.
 */
export function useGateway() {
  const sandbox = useSandbox();
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  return async (options: Partial<GatewayOptions> = {}) => {
    const log: Record<string, unknown>[] = [];
    const socket = sandbox.path(`gateway-${cleanUps.length}`);
    const onLog = (line: Record<string, unknown>) => void log.push(line);
    const start = BUILT === undefined ? startInProcess : startGatewayProcess;
    const gateway = await start(options, { socket, onLog });
    cleanUps.push(() => gateway.kill());
    return new TestGateway(gateway, socket, log, cleanUps);
  };
}

async function startInProcess(
  options: Partial<GatewayOptions>,
  { socket, onLog }: Parameters<typeof startGatewayProcess>[1],
): Promise<StartedGateway> {
  const service = await startTestService({ server: { gateway: { ...GATEWAY, ...options } }, socket, onLog });
  return {
    address: service.addresses[0] ?? "",
    ended: service.ended,
    stop: async () => service.stop(false),
    kill() {
      service.stop(true);
      return service.ended;
    },
  };
}

export class TestGateway {
  readonly log: readonly Record<string, unknown>[];
  readonly port: number;
  readonly #gateway: StartedGateway;
  readonly #socket: string;
  readonly #cleanUps: (() => unknown)[];

  constructor(
    gateway: StartedGateway,
    socket: string,
    log: readonly Record<string, unknown>[],
    cleanUps: (() => unknown)[],
  ) {
    this.log = log;
    this.port = Number(gateway.address.split(":").at(-1));
    this.#gateway = gateway;
    this.#socket = socket;
    this.#cleanUps = cleanUps;
  }

  /** Asks it to stop, and resolves when it has begun to. */
  stop(): Promise<void> {
    return this.#gateway.stop();
  }

  get ended(): Promise<unknown> {
    return this.#gateway.ended;
  }

  /** A worker like those of XyPriss, which has sent its routes. */
  async worker(registration: object = { id: "master" }, routes: unknown = []): Promise<TestWorker> {
    const peer = await RawPeer.connect(this.#socket);
    this.#cleanUps.push(() => peer.close());
    peer.send({ type: "RegisterWorker", payload: registration });
    peer.send({ type: "SyncRoutes", payload: routes });
    return new TestWorker(peer);
  }

  /** Sends a request. `body` is the whole body. */
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

/** The payload of a request message, as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests read any field of it
export type Asked = any;

export class TestWorker {
  readonly peer: RawPeer;

  constructor(peer: RawPeer) {
    this.peer = peer;
  }

  /** The next request that it receives. */
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

  /** Answers every further request with the result of `make`. */
  async answerAll(make: (request: Asked) => string = ({ url }) => url): Promise<void> {
    try {
      for (;;) {
        const request = await this.asked();
        this.answer(request, make(request));
      }
    } catch {
      // the connection is closed
    }
  }
}
