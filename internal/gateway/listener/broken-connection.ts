import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type Answer, errorAnswer } from "../exchange/answer.ts";

/** Answers a request whose body cannot be read to its end; `reason` is for the log. */
export type RefuseBody = (response: ServerResponse, answer: Answer, reason: string) => void;

/** Milliseconds that a connection stays open for what was written to it: closed with bytes unread, it would be reset. */
const LINGER = 1_000;

/** What comes by a connection that node's parser cannot go on with. */
export class BrokenConnections {
  readonly #refuseBody: RefuseBody;
  readonly #broken = new WeakSet<Socket>();

  constructor(refuseBody: RefuseBody) {
    this.#refuseBody = refuseBody;
  }

  /**
   * Answers what cannot be read, as the last thing on its connection. `last` is the answer to the request that came last:
   * what cannot be read is its body, or comes behind it, and then it is answered first.
   */
  take(error: NodeJS.ErrnoException, socket: Socket, last: ServerResponse | undefined): void {
    if (this.#broken.has(socket)) return; // more of the same
    this.#broken.add(socket);
    const answer = answerTo(error);
    if (answer === undefined || !socket.writable) socket.destroy();
    else if (last?.req.complete === false) this.#breakBody(socket, last, answer, error.message);
    else if (last === undefined || last.writableFinished) refuse(socket, answer);
    else closeAfter(last, socket);
  }

  /** Its answer may be under way by now, or there: then it has no other. */
  #breakBody(socket: Socket, response: ServerResponse, answer: Answer, reason: string): void {
    if (!response.headersSent) this.#refuseBody(response, answer, reason);
    else if (response.writableEnded && !response.writableFinished) closeAfter(response, socket);
    else socket.destroySoon();
  }
}

/** Undefined where it is not the client's words that are wrong, but the connection. */
function answerTo({ code = "", message }: NodeJS.ErrnoException): Answer | undefined {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return errorAnswer(408, "Request Timeout");
  if (code === "HPE_HEADER_OVERFLOW") return errorAnswer(431, "Request Header Fields Too Large");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return errorAnswer(413, "Payload Too Large: its chunk extensions");
  if (message.endsWith("Invalid HTTP version"))
    return errorAnswer(505, "HTTP Version Not Supported: it is neither 1.0 nor 1.1");
  if (code === "HPE_INVALID_TRANSFER_ENCODING" && !message.includes("Content-Length")) {
    return errorAnswer(501, "Not Implemented: a Transfer-Encoding other than chunked");
  }
  if (!code.startsWith("HPE_")) return undefined;
  return errorAnswer(400, `Bad Request: ${message.replace(/^Parse Error: /, "")}`);
}

/** To a request that is none yet. */
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
