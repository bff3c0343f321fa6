import { describe, expect, test } from "vitest";
import { useGateway } from "./support.ts";

const startGateway = useGateway();

describe("a worker that is lost", () => {
  test.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])("has its %s answered by another worker", async (method) => {
    const gateway = await startGateway();
    const [first, second] = [await gateway.worker({ id: "0" }), await gateway.worker({ id: "1" })];
    const answered = gateway.ask("/", { method, ...(method === "PUT" && { body: "kept" }) });
    const [lost, left] = await Promise.race([
      first.asked().then(() => [first, second]),
      second.asked().then(() => [second, first]),
    ]);
    lost?.peer.close();
    const asked = await left?.asked();
    if (method === "PUT") expect(Buffer.from(asked.body, "base64").toString()).toBe("kept");
    left?.answer(asked, "saved");
    expect(await answered).toMatchObject({ status: 200, body: method === "HEAD" ? "" : "saved" });
  });

  test("has its POST answered with 502 at once", async () => {
    const gateway = await startGateway();
    const [worker, other] = [await gateway.worker({ id: "0" }), await gateway.worker({ id: "1" })];
    void other.answerAll();
    const answers = [gateway.ask("/", { method: "POST", body: "a" }), gateway.ask("/", { method: "POST", body: "b" })];
    await worker.asked();
    worker.peer.close();
    expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 502]);
  });

  test("leaves its requests to the next worker that connects", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answered = gateway.ask("/waits");
    await worker.asked();
    worker.peer.close();
    await worker.peer.closed;
    void (await gateway.worker()).answerAll();
    expect(await answered).toMatchObject({ status: 200, body: "/waits" });
  });

  test("causes the loss of at most one more worker, if the cause is not known", async () => {
    const gateway = await startGateway();
    const answered = gateway.ask("/poison");
    for (let sent = 0; sent < 2; sent++) {
      const worker = await gateway.worker();
      await worker.asked();
      worker.peer.close();
    }
    expect(await answered).toMatchObject({ status: 502, body: expect.stringContaining("not retried") });
    const next = gateway.ask("/poison");
    const worker = await gateway.worker();
    worker.answer(await worker.asked(), "fine now");
    expect((await next).body, "nothing is remembered of it").toBe("fine now");
  });
});

describe("without a ready worker", () => {
  test("a request waits, and is answered with 503 after the queue timeout", async () => {
    const gateway = await startGateway({ queueTimeout: 200 });
    const { status, headers, body } = await gateway.ask("/");
    expect([status, headers["retry-after"], body]).toEqual([503, "1", expect.stringContaining("no worker")]);
  });

  test("in rescue mode the 503 has the rescue message", async () => {
    const gateway = await startGateway({ queueTimeout: 50, rescue: true });
    expect(await gateway.ask("/")).toMatchObject({ status: 503, body: expect.stringContaining("rescue") });
  });
});

describe("a worker that does not answer", () => {
  test("causes a 504, and its late response is dropped", async () => {
    const gateway = await startGateway({ timeout: 100 });
    const worker = await gateway.worker();
    const late = gateway.ask("/late");
    const asked = await worker.asked();
    expect((await late).status).toBe(504);
    worker.answer(asked, "too late");
    void worker.answerAll();
    expect(await gateway.ask("/next")).toMatchObject({ status: 200, body: "/next" });
  });
});

describe("a worker that violates the protocol", () => {
  test("in a frame is disconnected, and its requests go to another worker", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answered = gateway.ask("/");
    await worker.asked();
    worker.peer.sendPayload(Buffer.from([0x02, 0xff, 0xff, 0x01]));
    await worker.peer.closed;
    void (await gateway.worker()).answerAll(() => "well");
    expect(await answered).toMatchObject({ status: 200, body: "well" });
  });

  test.each([
    ["the response to an unknown request", { id: "999999", status: 200, headers: {}, body: "" }],
    ["a response without id", { status: 200 }],
    ["a response of null", null],
    ["an id that is not a number", { id: "x", status: 200, headers: {} }],
  ])("in a message (%s) has it ignored", async (_what, payload) => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    worker.peer.send({ type: "Response", payload });
    void worker.answerAll();
    expect((await gateway.ask("/")).body).toBe("/");
  });

  test.each([
    ["not a list", { path: "/" }],
    ["invalid entries", [null, 5, { method: 7, path: [] }, { method: "GET", path: "^\\/x\\/(\\d+)$" }]],
  ])("in its routes (%s) still receives requests", async (_what, routes) => {
    const gateway = await startGateway();
    void (await gateway.worker({ id: "0" }, routes)).answerAll();
    expect((await gateway.ask("/x/5")).body).toBe("/x/5");
  });
});
