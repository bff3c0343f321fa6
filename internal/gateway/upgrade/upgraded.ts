import type { Duplex } from "node:stream";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { writeAnswer } from "../exchange/write-answer.ts";
import { tunnel } from "./tunnel.ts";

const NOT_ASKED = errorAnswer(502, "Bad Gateway: the worker sent 101 without an upgrade request");

/**
 * Hands a client's connection to the worker that accepted the upgrade: sends the response head, then pipes bytes in
 * both directions. Returns the reason if the worker's answer was refused.
 */
export function connectUpgraded(exchange: Exchange, { headers, body }: Answer): string | undefined {
  const { upgrade } = exchange;
  if (upgrade === undefined || !isDuplex(body)) {
    writeAnswer(exchange, NOT_ASKED);
    return "the client did not request an upgrade";
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
  const { socket, head } = upgrade;
  exchange.status = 101;
  if (!lines.every(isHeaderLine)) {
    body.destroy();
    socket.destroy();
    return "a header field is invalid in HTTP";
  }
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n${lines.join("")}\r\n`);
  if (head.length > 0) socket.unshift(head);
  void tunnel(socket, body, 0);
  return undefined;
}

function isDuplex(body: Answer["body"]): body is Duplex {
  return typeof (body as Duplex | undefined)?.write === "function";
}

/** A worker's values are not checked elsewhere. A line break in one would inject a header line. */
function isHeaderLine(line: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+: [\t\x20-\x7e\x80-\xff]*\r\n$/.test(line);
}
