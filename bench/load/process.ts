/**
 * The load process, controlled by `Order`s over IPC. It is separate so that it does not disturb the measuring process.
 */
import { sendSignal } from "../../internal/processes/send-signal.ts";
import { LoadClient } from "./client.ts";
import { Ledger } from "./ledger.ts";
import type { LoadOptions, Order, Reply } from "./order.ts";

/** Milliseconds between two checks for hanging requests. */
const CHECK_INTERVAL = 50;
/** Milliseconds between two requests of the sequential client. Without a pause it would use up the machine's ports. */
const SEQUENTIAL_PAUSE = 5;

type Target = Pick<LoadOptions, "method" | "host" | "port" | "path">;

const ledger = new Ledger();
const clients: LoadClient[] = [];

process.on("message", async (order: Order) => process.send?.(await carryOut(order)));
process.on("disconnect", () => process.exit());

async function carryOut(order: Order): Promise<Reply> {
  if (order.do === "start") return start(order.options);
  if (order.do === "take") return { report: ledger.take() };
  if (order.do === "look") {
    return { view: { answering: ledger.answering(), oldest: Math.max(...clients.map(({ waited }) => waited)) } };
  }
  if (order.do === "kill") return kill(order.signal);
  await Promise.all(clients.map((client) => client.stop()));
  return { report: ledger.take() };
}

function start({ clients: count, sequential, timeout, ...options }: LoadOptions): Reply {
  const { host, port } = options;
  for (let i = 0; i < count; i++) {
    clients.push(new LoadClient({ host, port, request: requestOf(options, "keep-alive") }, ledger));
  }
  if (sequential) {
    const request = requestOf(options, "close");
    clients.push(new LoadClient({ host, port, request, afresh: SEQUENTIAL_PAUSE }, ledger));
  }
  for (const client of clients) client.ask();
  setInterval(() => {
    for (const client of clients) client.failAfter(timeout);
  }, CHECK_INTERVAL);
  return {};
}

function requestOf({ method, host, port, path }: Target, connection: string): Buffer {
  const body = method === "POST" ? "x=1" : "";
  const length = method === "POST" ? `content-length: ${body.length}\r\n` : "";
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: ${connection}\r\n${length}\r\n${body}`,
  );
}

function kill(signal: NodeJS.Signals): Reply {
  const answering = ledger.answering();
  const pid = answering[Math.floor(Math.random() * answering.length)];
  if (pid === undefined) return {};
  ledger.killed(pid);
  return sendSignal(pid, signal) ? { killed: pid } : {};
}
