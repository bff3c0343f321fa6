import { expect, test } from "vitest";
import { useGateway } from "./support.ts";

const startGateway = useGateway();

test("requests above the rate limit are answered with 429, and every response has the remaining number", async () => {
  const rateLimit = {
    max: 2,
    window: 60_000,
    message: "slow down",
    headers: true,
    legacyHeaders: true,
    exclude: ["/free"],
  };
  const gateway = await startGateway({ rateLimit });
  void (await gateway.worker()).answerAll();
  const [first, second, third] = [await gateway.ask("/"), await gateway.ask("/"), await gateway.ask("/")];
  expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
  expect(first.headers).toMatchObject({ "ratelimit-limit": "2", "ratelimit-remaining": "1", "x-ratelimit-limit": "2" });
  expect([third.headers["content-type"], third.body]).toEqual([
    "application/json; charset=utf-8",
    '{"error":"slow down"}',
  ]);
  expect((await gateway.ask("/free")).status).toBe(200);
});

test("concurrent requests above the queue limit are answered with 503 at once, and the others are processed", async () => {
  const concurrency = { max: 1, maxPerClient: 0, maxQueue: 1, queueTimeout: 10_000 };
  const gateway = await startGateway({ concurrency });
  const worker = await gateway.worker();
  const first = gateway.ask("/first");
  const asked = await worker.asked();
  const others = [gateway.ask("/a"), gateway.ask("/b")];
  expect((await Promise.race(others)).status).toBe(503);
  expect(JSON.parse((await gateway.ask("/_xypriss/b/status")).body).concurrency).toEqual({
    in_flight: 1,
    queued: 1,
    limits: { max_concurrent_requests: 1, max_per_ip: 0, max_queue_size: 1, queue_timeout_ms: 10_000 },
  });
  worker.answer(asked);
  expect((await first).status).toBe(200);
  worker.answer(await worker.asked());
  expect((await Promise.all(others)).map(({ status }) => status).sort()).toEqual([200, 503]);
});

test("without limits the status has the number of requests in flight, and no limits", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const concurrency = async () => JSON.parse((await gateway.ask("/_xypriss/b/status")).body).concurrency;
  const limits = { max_concurrent_requests: 0, max_per_ip: 0, max_queue_size: 0, queue_timeout_ms: 10_000 };
  const first = gateway.ask("/");
  const asked = await worker.asked();
  expect(await concurrency()).toEqual({ in_flight: 1, queued: 0, limits });
  worker.answer(asked);
  await first;
  await expect.poll(concurrency).toEqual({ in_flight: 0, queued: 0, limits });
});

test("concurrent requests of one address above its limit are answered with 429", async () => {
  const gateway = await startGateway({ concurrency: { max: 0, maxPerClient: 1, maxQueue: 0, queueTimeout: 10_000 } });
  const worker = await gateway.worker();
  const first = gateway.ask("/");
  const asked = await worker.asked();
  expect((await gateway.ask("/")).status).toBe(429);
  worker.answer(asked);
  expect((await first).status).toBe(200);
});

test("after consecutive failures requests get 503, without a worker, until a trial succeeds", async () => {
  const gateway = await startGateway({ breaker: { threshold: 2, timeout: 300 } });
  const worker = await gateway.worker();
  for (let failures = 0; failures < 2; failures++) {
    const failing = gateway.ask("/fails");
    worker.answer(await worker.asked(), "", { status: "none" });
    expect((await failing).status).toBe(502);
  }
  expect((await gateway.ask("/refused")).status).toBe(503);
  void worker.answerAll();
  await expect.poll(async () => (await gateway.ask("/tried")).status, { interval: 50 }).toBe(200);
  expect((await gateway.ask("/again")).status).toBe(200);
});
