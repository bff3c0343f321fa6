import type { Duplex } from "node:stream";
import type { Exchange, Upgrade } from "../exchange.ts";
import { tunnel } from "../tunnel.ts";
import { writeAnswer } from "../write-answer.ts";
import { answerHeaders } from "./answer-headers.ts";
import { failureAnswer, isOfRequest } from "./failure.ts";
import type { ProxyHome } from "./home.ts";
import { requestHeaders } from "./request-headers.ts";
import { Tries } from "./tries.ts";
import { UpgradeAttempt, type UpgradeReply } from "./upgrade-attempt.ts";
import type { Upstream } from "./upstream.ts";

/** Milliseconds without a byte either way: what pings has one every minute or so. */
const IDLE_TIMEOUT = 3_600_000;

/**
 * Asks an upstream for the protocol that a client wants, and passes on what it says: its agreement and then bytes both
 * ways, or its refusal. One that cannot be reached, or breaks off before it answered, is followed by another.
 */
export async function upgrade(home: ProxyHome, exchange: Exchange, taken: Upgrade): Promise<void> {
  const wanted = { method: exchange.method, path: exchange.target, headers: wishFor(exchange) };
  const tries = new Tries(home.upstreams, home.log, exchange.client, home.timeout);
  let attempt: UpgradeAttempt | undefined;
  exchange.onEnd(() => attempt?.abort());
  const seen = seeEnd(taken.socket);
  for (let upstream = tries.next(); upstream !== undefined && !exchange.ended; upstream = tries.next()) {
    attempt = new UpgradeAttempt(upstream, wanted, { connect: home.connectTimeout, answer: tries.timeLeft });
    try {
      const reply = await attempt.reply;
      seen();
      return pass(home, exchange, upstream, taken, reply);
    } catch (error) {
      if (isOfRequest(error)) return writeAnswer(exchange, failureAnswer(error));
      if (exchange.ended || !tries.failed(upstream, error, attempt.wasSent, true)) break;
    }
  }
  writeAnswer(exchange, failureAnswer(tries.failure));
}

function wishFor(exchange: Exchange): string[] {
  return [...requestHeaders(exchange), "connection", "Upgrade", "upgrade", exchange.headers.upgrade ?? ""];
}

/** Closes a connection that its client has ended: as long as nobody reads it, that would stay unseen. */
function seeEnd(socket: Duplex): () => void {
  const look = (): void => void socket.read(0);
  const close = (): void => void socket.destroy();
  socket.on("readable", look).on("end", close);
  return () => socket.off("readable", look).off("end", close);
}

function pass(
  { tunnels }: ProxyHome,
  exchange: Exchange,
  upstream: Upstream,
  { socket, head }: Upgrade,
  { response, switched }: UpgradeReply,
): void {
  const { statusCode: status = 502, headers } = response;
  if (switched === undefined) {
    writeAnswer(exchange, { status, headers: answerHeaders(headers, false), body: response });
    return;
  }
  exchange.status = status;
  socket.write(switchingHead(response.rawHeaders), "latin1");
  if (switched.head.length > 0) switched.socket.unshift(switched.head);
  if (head.length > 0) socket.unshift(head);
  void keep(tunnels, upstream, socket, switched.socket);
}

/** As the upstream wrote it: node has checked that no value breaks out of its line. */
function switchingHead(rawHeaders: readonly string[]): string {
  let head = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let i = 0; i < rawHeaders.length; i += 2) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return `${head}\r\n`;
}

/** Passes bytes until both ends are closed, as one of the things that the upstream has to do. */
async function keep(tunnels: Set<() => void>, upstream: Upstream, client: Duplex, server: Duplex): Promise<void> {
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  tunnels.add(end);
  upstream.active += 1;
  await tunnel(client, server, IDLE_TIMEOUT);
  upstream.active -= 1;
  tunnels.delete(end);
}
