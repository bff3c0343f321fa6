import { expect, test } from "vitest";
import { closedPort } from "./proxy/harness.ts";
import { PROXY, type TestGateway, type TestWorker, useGateway } from "./support.ts";

const startGateway = useGateway();

function warnings(gateway: TestGateway) {
  return gateway.log.filter(({ level, status }) => level === 40 && status !== undefined);
}

test.each([
  ["a worker that dies over it", (worker: TestWorker) => worker.peer.close()],
  ["a worker's answer that is none", (worker: TestWorker, asked: object) => worker.answer(asked, "", { status: 99 })],
  ["a header that HTTP cannot send", (worker: TestWorker, asked: object) => answerWith(worker, asked, { "x a": "1" })],
  [
    "a change of protocol that nobody asked for",
    (worker: TestWorker, asked: object) => worker.answer(asked, "", { status: 101 }),
  ],
  [
    "a file that has no absolute path",
    (worker: TestWorker, asked: object) =>
      worker.answer(asked, "", { status: 0, headers: { "x-xhsc-static-delegate": "a" } }),
  ],
])("the reason of a 502 is a warning: %s", async (_what, fail) => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const answered = gateway.ask("/pay?token=secret", { method: "POST", body: "1" });
  fail(worker, await worker.asked());
  expect((await answered).status).toBe(502);
  await expect
    .poll(() => warnings(gateway))
    .toMatchObject([{ status: 502, method: "POST", path: "/pay", client: "127.0.0.1" }]);
  expect(JSON.stringify(gateway.log)).not.toContain("secret");
});

function answerWith(worker: TestWorker, asked: object, headers: object): void {
  worker.answer(asked, "", { headers });
}

test("a flood of 502 is told by a few lines", async () => {
  const gateway = await startGateway({ proxy: { ...PROXY, upstreams: [`http://127.0.0.1:${await closedPort()}`] } });
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(Array.from({ length: 30 }, () => gateway.ask("/")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
  }
  await expect
    .poll(() => warnings(gateway)[0])
    .toMatchObject({ status: 502, reason: expect.stringContaining("ECONNREFUSED") });
  expect(warnings(gateway).length).toBeLessThan(20); // one in 10 s
});
