import { once } from "node:events";
import { expect, test } from "vitest";
import { useGateways } from "./scene.ts";

const start = useGateways();

test("the maximum of concurrent requests holds for all gateways together", async () => {
  const scene = await start({ workers: 1, flags: ["--max-concurrent-requests", "3"] });
  const clients = await scene.clients(16);
  const replies = await Promise.all(clients.map((client) => client.ask("/slow?ms=100")));
  expect(replies.every(({ status }) => status === 200)).toBe(true);
  // The worker counts this request, too.
  expect(JSON.parse((await scene.ask("/most")).body)).toBe(3);
});

test("slots of a killed gateway are free again", async () => {
  const scene = await start({ workers: 1, flags: ["--max-concurrent-requests", "4", "--queue-timeout", "20000"] });
  const clients = await scene.clients(8);
  const hanging = clients.map((client) => client.ask("/hang").catch(() => undefined));
  await scene.when(async () => (await scene.status()).concurrency.queued === 4);
  for (const { pid } of await scene.gateways()) {
    process.kill(pid, "SIGKILL");
    await scene.when(
      async () => (await scene.gateways().catch(() => [])).filter((g) => g.state === "ready").length === 2,
    );
  }
  await Promise.all(hanging);
  const replies = await Promise.all((await scene.clients(4)).map((client) => client.ask("/slow?ms=10")));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test("streams that are cancelled at once keep no place", async () => {
  const scene = await start({ workers: 1, flags: ["--max-concurrent-requests", "4"] });
  const socket = await scene.connection();
  socket.on("error", () => {});
  socket.write(
    Buffer.concat([HTTP2_PREFACE, SETTINGS, ...Array.from({ length: 10 }, (_, n) => cancelledStream(2 * n + 1))]),
  );
  await once(socket, "data"); // its settings
  const ping = frame(6, 0, 0, Buffer.alloc(8));
  socket.write(ping);
  await once(socket, "data"); // all frames before it are handled
  const replies = await Promise.all((await scene.clients(4)).map((client) => client.ask("/slow?ms=10")));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  socket.destroy();
});

const HTTP2_PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const SETTINGS = frame(4, 0, 0, Buffer.alloc(0));
/** HPACK, RFC 7541: GET, http and / from the static table, and an authority. */
const GET_HEADERS = Buffer.concat([Buffer.from([0x82, 0x86, 0x84, 0x41, 9]), Buffer.from("localhost")]);
const [END_STREAM_AND_HEADERS, CANCEL] = [0x5, Buffer.from([0, 0, 0, 8])];

/** HEADERS, and at once RST_STREAM: RFC 9113. */
function cancelledStream(id: number): Buffer {
  return Buffer.concat([frame(1, END_STREAM_AND_HEADERS, id, GET_HEADERS), frame(3, 0, id, CANCEL)]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

test("the queue and the maximum per client hold for all gateways together", async () => {
  const scene = await start({ workers: 1, flags: ["--max-concurrent-requests", "2", "--max-queue-size", "3"] });
  const statuses = await statusesOf(await scene.clients(12));
  expect(statuses).toEqual({ 200: 5, 503: 7 });
  await scene.end();
  const other = await start({ workers: 1, flags: ["--max-per-ip", "5"] });
  expect(await statusesOf(await other.clients(12))).toEqual({ 200: 5, 429: 7 });
});

test("the rate limit holds for all gateways together, and its headers count down", async () => {
  const flags = ["--rate-limit", "--rate-limit-max", "10", "--rate-limit-headers", "--rate-limit-exclude", "/slow"];
  const scene = await start({ workers: 1, flags });
  const clients = await scene.clients(16);
  const replies = await Promise.all(clients.map((client) => client.ask("/")));
  const remaining = replies.flatMap(({ status, headers }) =>
    status === 200 ? Number(headers["ratelimit-remaining"]) : [],
  );
  expect(remaining.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const refused = replies.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ body: expect.stringContaining("Too many requests") });
  expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(50);
  expect((await clients[0]?.ask("/slow"))?.status, "an excluded path").toBe(200);
});

test("the breaker opens and closes for all gateways together", async () => {
  const flags = ["--breaker-enabled", "--breaker-threshold", "3", "--breaker-timeout", "1", "--timeout", "0.3"];
  const scene = await start({ workers: 1, flags });
  const clients = await scene.clients(12);
  const statuses = async (path: string) => {
    const replies = await Promise.all(clients.map((client) => client.ask(path)));
    return replies.map(({ status }) => status);
  };
  expect(new Set(await statuses("/hang"))).toEqual(new Set([504]));
  // A gateway learns of the failures of another one a moment after the clients.
  await scene.when(async () => (await statuses("/")).every((status) => status === 503));
  await scene.when(async () => (await statuses("/")).every((status) => status === 200));
});

test("after its timeout, an open breaker lets one request of all gateways through", async () => {
  const flags = ["--breaker-enabled", "--breaker-threshold", "1", "--breaker-timeout", "1", "--timeout", "0.4"];
  const scene = await start({ workers: 1, flags });
  const clients = await scene.clients(12);
  expect((await clients[0]?.ask("/hang"))?.status).toBe(504);
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // the timeout of the breaker is what is tested
  const replies = await Promise.all(clients.map((client) => client.ask("/hang")));
  expect(replies.map(({ status }) => status).sort()).toEqual([...Array(11).fill(503), 504]);
});

test("the slowdown counts the requests to all gateways", async () => {
  const settings = Buffer.from(JSON.stringify({ delayAfter: 4, delayMs: 100, windowMs: 60_000 })).toString("base64");
  const scene = await start({ workers: 1, flags: ["--slowdown-config-json", settings] });
  const clients = await scene.clients(8);
  const startedAt = performance.now();
  await Promise.all(clients.map((client) => client.ask("/")));
  // clients() has sent 8 requests for a status page, which are not counted; the eighth request here waits 4 × 100 ms.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(395);
});

async function statusesOf(clients: readonly { ask(path: string): Promise<{ readonly status: number }> }[]) {
  const replies = await Promise.all(clients.map((client) => client.ask("/slow?ms=300")));
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
