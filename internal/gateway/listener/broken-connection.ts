import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type Answer, errorAnswer } from "../exchange/answer.ts";

/** Answers a request whose body cannot be read completely; `reason` is for the log. */
export type RefuseBody = (response: ServerResponse, answer: Answer, reason: string) => void;

/**
 * Milliseconds that a connection stays open after a refusal: closing it with bytes unread would reset it and lose the
 * answer.
 */
const LINGER = 1_000;

/** Handles connections on which Node's HTTP parser has failed. */
export class BrokenConnections {
  readonly #refuseBody: RefuseBody;
  readonly #broken = new WeakSet<Socket>();

  constructor(refuseBody: RefuseBody) {
    this.#refuseBody = refuseBody;
  }

  /**
   * Answers malformed input and closes the connection. `last` is the response to the latest request on it. The
   * malformed bytes are that request's body, or follow it; in the second case its response is finished first.
   */
  take(error: NodeJS.ErrnoException, socket: Socket, last: ServerResponse | undefined): void {
    if (this.#broken.has(socket)) return; // a further error of the same connection
    this.#broken.add(socket);
    const answer = answerTo(error);
    if (answer === undefined || !socket.writable) socket.destroy();
    else if (last?.req.complete === false) this.#breakBody(socket, last, answer, error.message);
    else if (last === undefined || last.writableFinished) refuse(socket, answer);
    else closeAfter(last, socket);
  }

  /** A response that has begun, or is complete, cannot be replaced. */
  #breakBody(socket: Socket, response: ServerResponse, answer: Answer, reason: string): void {
    if (!response.headersSent) this.#refuseBody(response, answer, reason);
    else if (response.writableEnded && !response.writableFinished) closeAfter(response, socket);
    else socket.destroySoon();
  }
}

/** Undefined if the connection itself failed, rather than the client's message being malformed. */
function answerTo({ code = "", message }: NodeJS.ErrnoException): Answer | undefined {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return errorAnswer(408, "Request Timeout");
  if (code === "HPE_HEADER_OVERFLOW") return errorAnswer(431, "Request Header Fields Too Large");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return errorAnswer(413, "Payload Too Large: chunk extensions");
  if (message.endsWith("Invalid HTTP version"))
    return errorAnswer(505, "HTTP Version Not Supported: neither 1.0 nor 1.1");
  if (code === "HPE_INVALID_TRANSFER_ENCODING" && !message.includes("Content-Length")) {
    return errorAnswer(501, "Not Implemented: Transfer-Encoding other than chunked");
  }
  if (!code.startsWith("HPE_")) return undefined;
  return errorAnswer(400, `Bad Request: ${message.replace(/^Parse Error: /, "")}`);
}

/** Writes the answer directly to the socket, because Node has not parsed a request. */
function refuse(socket: Socket, { status, headers, body }: Answer): void {
  const text = Buffer.from(body as Uint8Array).toString("latin1");
  const fields = { ...headers, "content-length": String(text.length), connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${text}`, "latin1");
  const end = setTimeout(() => socket.destroy(), LINGER);
  socket.once("close", () => clearTimeout(end));
}

function closeAfter(response: ServerResponse, socket: Socket): void {
  response.shouldKeepAlive = false;
  response.once("finish", () => socket.destroySoon());
}
