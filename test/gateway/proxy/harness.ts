import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { pino } from "pino";
import { afterEach } from "vitest";
import { Exchange } from "../../../internal/gateway/exchange/exchange.ts";
import { writeAnswer } from "../../../internal/gateway/exchange/write-answer.ts";
import { HttpServer } from "../../../internal/gateway/listener/http-server.ts";
import type { RequestHandler } from "../../../internal/gateway/listener/request-handler.ts";
import type { GatewayOptions, ProxyOptions } from "../../../internal/gateway/options.ts";
import { createProxy, type Proxy as ReverseProxy } from "../../../internal/gateway/proxy/proxy.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function cleanUp(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

export interface TestUpstream {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Number of requests, answered or not. */
  readonly requests: () => number;
  /** Stops listening and resets all connections. */
  die(): Promise<void>;
}

/** A real server, on `port` to replace an earlier one. */
export async function startUpstream(answer: RequestListener, port = 0): Promise<TestUpstream> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: bound } = server.address() as AddressInfo;
  const die = async (): Promise<void> => {
    const closed = server.listening ? once(server, "close") : undefined;
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  cleanUp(die);
  return { url: `http://127.0.0.1:${bound}`, port: bound, server, requests: () => requests, die };
}

/** Answers with `name`. */
export function named(name: string): RequestListener {
  return (_request, response) => response.end(name);
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const { port, die } = await startUpstream(named("nobody"));
  await die();
  return port;
}

export interface TestProxy {
  readonly url: string;
  readonly port: number;
  readonly proxy: ReverseProxy;
  readonly log: Record<string, unknown>[];
}

/**
 * A proxy behind a real HTTP server, which forwards all requests to it. `client` is the address that a trusted proxy
 * reports.
 */
export async function startProxy(options: Partial<ProxyOptions>, client?: string): Promise<TestProxy> {
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const timeouts = { connectTimeout: 5_000, idleTimeout: 10_000, timeout: 20_000 };
  const proxy = createProxy({ upstreams: [], strategy: "round-robin", ...timeouts, ...options }, { log: logger });
  cleanUp(() => proxy.close());
  const settings = { host: "127.0.0.1", port: 0, keepAliveTimeout: 5_000, keepAliveRequests: 0, http2MaxStreams: 100 };
  const handle: RequestHandler = (request, response, { upgrade } = {}) => {
    const exchange = new Exchange(request, response, client ?? request.socket.remoteAddress ?? "", upgrade);
    response.on("close", () => exchange.end());
    if (upgrade !== undefined) proxy.upgrade(exchange, upgrade);
    else {
      const hasBody = "transfer-encoding" in request.headers || "content-length" in request.headers;
      void proxy.forward(exchange, hasBody ? request : undefined).then((answer) => writeAnswer(exchange, answer));
    }
  };
  const server = new HttpServer(settings as unknown as GatewayOptions, handle, logger);
  await server.listen();
  cleanUp(() => server.destroy());
  const { port } = server.address;
  return { url: `http://127.0.0.1:${port}`, port, proxy, log };
}
