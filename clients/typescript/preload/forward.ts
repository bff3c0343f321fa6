import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
  request as send,
} from "node:http";
import type { Duplex } from "node:stream";
import { tell } from "./tell.ts";

/** Methods whose requests may be sent again. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/** Fields that apply to one connection. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);
const MAX_ATTEMPTS = 3;

/** Requests after which a connection is replaced, so that workers which have started later get their share. */
const REQUESTS_PER_CONNECTION = 32;

/** A server that forwards its requests to the server which listens on a Unix socket. */
export function forwardingServer(socketPath: string): Server {
  const agent = new Agent({ keepAlive: true, scheduling: "fifo" }); // uses the connections in turn, and so the workers
  let forwarded = 0;
  const optionsFor = (request: IncomingMessage): RequestOptions => ({
    ...{ socketPath, agent, method: request.method, path: request.url, setHost: false },
    headers: {
      ...fieldsFor(request),
      ...(++forwarded % REQUESTS_PER_CONNECTION === 0 && { connection: "close" }),
    },
  });
  const server = createServer((request, response) => forward(request, response, optionsFor(request)));
  return server.on("upgrade", (request, socket) => forwardUpgrade(request, socket, optionsFor(request)));
}

function forward(request: IncomingMessage, response: ServerResponse, options: RequestOptions, attempt = 1): void {
  const hasBody = Number(request.headers["content-length"] ?? 0) > 0 || "transfer-encoding" in request.headers;
  const sent = send(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, fieldsOf(answer));
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  sent.on("error", (error) => {
    if (response.destroyed) return;
    if (response.headersSent) response.destroy();
    else if (!hasBody && REPEATABLE.has(request.method ?? "") && attempt < MAX_ATTEMPTS) {
      forward(request, response, options, attempt + 1);
    } else fail(response, error);
  });
  response.once("close", () => !response.writableFinished && sent.destroy());
  if (hasBody) request.pipe(sent);
  else sent.end();
}

function fail(response: ServerResponse, error: Error): void {
  tell(`the workers of the application (node:cluster) did not answer a request: ${error.message}`);
  response.writeHead(502, { "content-type": "text/plain" }).end("Bad Gateway");
}

function forwardUpgrade(request: IncomingMessage, socket: Duplex, options: RequestOptions): void {
  const headers = { ...options.headers, connection: "Upgrade", upgrade: request.headers.upgrade };
  const sent = send({ ...options, headers, agent: false });
  sent.on("upgrade", (answer, connection, head) => {
    socket.write(headOf(answer));
    socket.write(head);
    socket.pipe(connection).pipe(socket);
    for (const [one, other] of [[socket, connection] as const, [connection, socket] as const]) {
      one.on("error", () => other.destroy());
      one.once("close", () => other.destroy());
    }
  });
  sent.on("response", (answer) => {
    socket.write(headOf(answer));
    answer.pipe(socket);
  });
  sent.on("error", () => socket.destroy());
  sent.end();
}

function headOf(answer: IncomingMessage): string {
  const fields = Object.entries(fieldsOf(answer)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => `${name}: ${each}\r\n`),
  );
  return `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${fields.join("")}\r\n`;
}

function fieldsOf({ headers }: IncomingMessage): Record<string, string | string[]> {
  const fields = Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_BY_HOP.has(name));
  return Object.fromEntries(fields) as Record<string, string | string[]>;
}

/** The workers see the client as behind a proxy. */
function fieldsFor(request: IncomingMessage): Record<string, string | string[]> {
  const { remoteAddress = "" } = request.socket;
  const chain = request.headers["x-forwarded-for"];
  const isTls = "encrypted" in request.socket && request.socket.encrypted === true;
  return {
    ...fieldsOf(request),
    "x-forwarded-for": chain === undefined ? remoteAddress : `${chain}, ${remoteAddress}`,
    "x-forwarded-proto": request.headers["x-forwarded-proto"] ?? (isTls ? "https" : "http"),
  };
}
