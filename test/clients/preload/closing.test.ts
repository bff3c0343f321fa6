import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { TELL, usePreload } from "./application.ts";

const scene = usePreload();

/** Answers when the test sends a request to /release. */
const SERVER = `${TELL}
  const waiting = [];
  const server = http.createServer((request, response) => {
    if (request.url === "/release") waiting.forEach((each) => each.end("released"));
    if (request.url === "/wait") {
      waiting.push(response);
      request.on("aborted", () => tell("aborted"));
      response.on("close", () => tell("closed", response.writableFinished));
      return tell("waiting");
    }
    response.end(request.url);
  }).listen(8080);
`;

describe("a server that is closed", () => {
  test("gets no more requests, answers those in progress, and then emits close", async () => {
    const app = await scene.start(`${SERVER}
      process.on("SIGTERM", () => {
        server.close(() => { tell("close"); process.exit(7); });
        server.getConnections((_, count) => tell(server.listening, server.address(), count > 0));
      });`);
    await scene.gateway.message("RegisterWorker");
    const first = scene.gateway.send({ url: "/wait" });
    expect(await app.told()).toEqual(["waiting"]);
    app.child.kill("SIGTERM");
    expect(await app.told()).toEqual([false, null, true]);
    await scene.gateway.message("Leave");
    const late = scene.gateway.send({ url: "/late" }); // was on its way when the worker left
    scene.gateway.sendMessage("Left", {});
    expect((await late.answer).body.toString()).toBe("/late");
    await scene.gateway.fetch({ url: "/release" });
    expect((await first.answer).body.toString()).toBe("released");
    expect(await app.told()).toEqual(["closed", true]);
    expect(await app.told()).toEqual(["close"]);
    expect(await app.ended).toEqual([7, null]);
  });

  test("loses no answer when the process exits at once", async () => {
    const app = await scene.start(`${TELL}
      const server = http.createServer((request, response) => response.end("x".repeat(5_000_000))).listen(8080);
      process.on("SIGTERM", () => server.close(() => process.exit()));`);
    await scene.gateway.message("RegisterWorker");
    const { stream } = await scene.gateway.fetch({});
    app.child.kill("SIGTERM");
    await scene.gateway.message("Leave");
    scene.gateway.sendMessage("Left", {});
    let size = 0;
    for await (const bytes of stream ?? []) size += bytes.byteLength;
    expect(size).toBe(5_000_000);
    expect(await app.ended).toEqual([0, null]);
  });

  test("aborts its requests with closeAllConnections", async () => {
    const app = await scene.start(`${SERVER}
      process.on("SIGTERM", () => {
        server.close(() => tell("close"));
        server.closeAllConnections();
      });`);
    await scene.gateway.message("RegisterWorker");
    scene.gateway.send({ url: "/wait" });
    expect(await app.told()).toEqual(["waiting"]);
    app.child.kill("SIGTERM");
    expect((await Promise.all([app.told(), app.told()])).sort()).toEqual([["aborted"], ["closed", false]]);
    await scene.gateway.message("Leave");
    scene.gateway.sendMessage("Left", {});
    expect(await app.told()).toEqual(["close"]);
  });

  test("calls back with an error if it does not listen", async () => {
    const app = await scene.start(`${TELL} http.createServer().close(({ code }) => tell(code));`);
    expect(await app.told()).toEqual(["ERR_SERVER_NOT_RUNNING"]);
  });

  test("and unref lets the process end", async () => {
    const app = await scene.start(`${TELL} http.createServer().listen(8080).unref();`);
    expect(await app.ended).toEqual([0, null]);
  });
});

describe("when the gateway closes the connection", () => {
  test.each([
    ["the service", true],
    ["itself", false],
  ])("an application that handles SIGTERM gets it once, from %s", async (_whom, isStopped) => {
    const app = await scene.start(`${TELL}
        const server = http.createServer().listen(8080, () => tell("listening"));
        let signals = 0;
        process.on("SIGTERM", () => {
          signals++;
          setTimeout(() => process.exit(signals), 1_500);
        });`);
    await app.told();
    await scene.gateway.message("RegisterWorker");
    await scene.gateway.disconnect();
    if (isStopped) app.child.kill("SIGTERM");
    expect(await app.ended).toEqual([1, null]);
  });

  test("any other application exits", async () => {
    const app = await scene.start(`${TELL} http.createServer().listen(8080); setInterval(() => {}, 1_000);`);
    await scene.gateway.message("RegisterWorker");
    await scene.gateway.disconnect();
    expect(await app.ended).toEqual([1, null]);
  });
});

test("a worker that cannot connect emits an error", async () => {
  const app = await scene.start(`${TELL} http.createServer().on("error", ({ code }) => tell(code)).listen(8080);`, {
    env: { XYPRISS_IPC_PATH: "/nowhere/s" },
  });
  expect(await app.told()).toEqual(["UNAVAILABLE"]);
  await once(app.child, "exit");
});
