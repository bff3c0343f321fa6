import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange, Upgrade } from "../exchange/exchange.ts";
import { writeAnswer } from "../exchange/write-answer.ts";
import { closeAtEnd, tunnel } from "../upgrade/tunnel.ts";
import { type Agreement, askForUpgrade } from "./ask-for-upgrade.ts";
import type { ProxyDeps } from "./deps.ts";

/** Milliseconds without a byte in either direction after which a tunnel is closed. Pings usually come every minute. */
const IDLE_TIMEOUT = 3_600_000;

/**
 * Forwards a client's upgrade request to an upstream. If it is accepted, bytes are piped in both directions; otherwise
 * the refusal is sent.
 */
export async function upgrade(deps: ProxyDeps, exchange: Exchange, taken: Upgrade): Promise<void> {
  const unwatch = closeAtEnd(taken.socket);
  const reply = await askForUpgrade(deps, exchange);
  unwatch();
  if ("upstream" in reply) await connect(deps, exchange, taken, reply);
  else refuse(exchange, reply);
}

function refuse(exchange: Exchange, answer: Answer): void {
  try {
    writeAnswer(exchange, answer);
  } catch {
    writeAnswer(exchange, errorAnswer(502, "the upstream server's answer cannot be sent over HTTP"));
  }
}

/** Pipes bytes until both ends are closed. The tunnel counts as an active request of the upstream. */
async function connect({ tunnels }: ProxyDeps, exchange: Exchange, client: Upgrade, server: Agreement): Promise<void> {
  const end = (): void => {
    client.socket.destroy();
    server.socket.destroy();
  };
  tunnels.add(end);
  server.upstream.active += 1;
  exchange.status = 101;
  client.socket.write(switchingHead(server.rawHeaders), "latin1");
  if (server.head.length > 0) server.socket.unshift(server.head);
  if (client.head.length > 0) client.socket.unshift(client.head);
  await tunnel(client.socket, server.socket, IDLE_TIMEOUT);
  server.upstream.active -= 1;
  tunnels.delete(end);
}

/** The upstream's head, unchanged: Node has checked that no value contains a line break. */
function switchingHead(rawHeaders: readonly string[]): string {
  let head = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let i = 0; i < rawHeaders.length; i += 2) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return `${head}\r\n`;
}
