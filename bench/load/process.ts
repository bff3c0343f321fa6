/**
 * The load process, controlled by `Order`s over IPC. It is separate so that it does not disturb the measuring process.
 */
import { sendSignal } from "../../internal/processes/send-signal.ts";
import { LoadClient, type LoadRequest } from "./client.ts";
import { Ledger, type Method } from "./ledger.ts";
import type { LoadOptions, Order, Reply } from "./order.ts";

/** Milliseconds between two checks for hanging requests. */
const CHECK_INTERVAL = 50;
/** Milliseconds between two requests of the sequential client. Without a pause it would use up the machine's ports. */
const SEQUENTIAL_PAUSE = 5;

type Target = Pick<LoadOptions, "host" | "port" | "path">;

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
    clients.push(new LoadClient({ host, port, requests: requestsOf(options, "keep-alive", i) }, ledger));
  }
  if (sequential) {
    const requests = requestsOf(options, "close");
    clients.push(new LoadClient({ host, port, requests, afresh: SEQUENTIAL_PAUSE }, ledger));
  }
  for (const client of clients) client.ask();
  setInterval(() => {
    for (const client of clients) client.failAfter(timeout);
  }, CHECK_INTERVAL);
  return {};
}

/** With mixed methods, every second client begins with a POST. */
function requestsOf(
  { method, ...target }: Target & Pick<LoadOptions, "method">,
  connection: string,
  client = 0,
): LoadRequest[] {
  if (method !== "mixed") return [requestOf(method, target, connection)];
  const [get, post] = [requestOf("GET", target, connection), requestOf("POST", target, connection)];
  return client % 2 === 0 ? [get, post] : [post, get];
}

function requestOf(method: Method, { host, port, path }: Target, connection: string): LoadRequest {
  const body = method === "POST" ? "x=1" : "";
  const about =
    method === "POST" ? `content-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n` : "";
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: ${connection}\r\n${about}`;
  return { method, bytes: Buffer.from(`${head}\r\n${body}`) };
}

function kill(signal: NodeJS.Signals): Reply {
  const answering = ledger.answering();
  const pid = answering[Math.floor(Math.random() * answering.length)];
  if (pid === undefined) return {};
  ledger.killed(pid);
  return sendSignal(pid, signal) ? { killed: pid } : {};
}
