import type { Duplex } from "node:stream";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { writeAnswer } from "../exchange/write-answer.ts";
import { tunnel } from "./tunnel.ts";

const NOT_ASKED = errorAnswer(502, "Bad Gateway: the worker changed a protocol that nobody asked it to");

/**
 * A worker took a client's connection over: its head goes out, and then bytes both ways. What it gives back is why the
 * worker's answer was refused.
 */
export function connectUpgraded(exchange: Exchange, { headers, body }: Answer): string | undefined {
  const { upgrade } = exchange;
  if (upgrade === undefined || !isDuplex(body)) {
    writeAnswer(exchange, NOT_ASKED);
    return "nobody asked it to";
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
  const { socket, head } = upgrade;
  exchange.status = 101;
  if (!lines.every(isHeaderLine)) {
    body.destroy();
    socket.destroy();
    return "it has a header that HTTP cannot send";
  }
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n${lines.join("")}\r\n`);
  if (head.length > 0) socket.unshift(head);
  void tunnel(socket, body, 0);
  return undefined;
}

function isDuplex(body: Answer["body"]): body is Duplex {
  return typeof (body as Duplex | undefined)?.write === "function";
}

/** What a worker gives may hold anything; a line break in it would be a line of its own. */
function isHeaderLine(line: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+: [\t\x20-\x7e\x80-\xff]*\r\n$/.test(line);
}
