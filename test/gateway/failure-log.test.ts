import { expect, test } from "vitest";
import { closedPort } from "./proxy/harness.ts";
import { PROXY, type TestGateway, type TestWorker, useGateway } from "./support.ts";

const startGateway = useGateway();

function warnings(gateway: TestGateway) {
  return gateway.log.filter(({ level, status }) => level === 40 && status !== undefined);
}

test.each([
  ["a worker that dies", (worker: TestWorker) => worker.peer.close()],
  ["an invalid response of a worker", (worker: TestWorker, asked: object) => worker.answer(asked, "", { status: 99 })],
  ["a header that HTTP cannot send", (worker: TestWorker, asked: object) => answerWith(worker, asked, { "x a": "1" })],
  [
    "an upgrade that was not requested",
    (worker: TestWorker, asked: object) => worker.answer(asked, "", { status: 101 }),
  ],
  [
    "a file path that is not absolute",
    (worker: TestWorker, asked: object) =>
      worker.answer(asked, "", { status: 0, headers: { "x-xhsc-static-delegate": "a" } }),
  ],
])("the reason of a 502 is logged as a warning: %s", async (_what, fail) => {
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

test("a flood of 502 gives only a few log lines", async () => {
  const gateway = await startGateway({ proxy: { ...PROXY, upstreams: [`http://127.0.0.1:${await closedPort()}`] } });
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(Array.from({ length: 30 }, () => gateway.ask("/")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
  }
  await expect
    .poll(() => warnings(gateway)[0])
    .toMatchObject({ status: 502, reason: expect.stringContaining("ECONNREFUSED") });
  expect(warnings(gateway).length).toBeLessThan(20); // one per 10 s
});
