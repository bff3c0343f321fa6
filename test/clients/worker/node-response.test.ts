import type { ServerResponse } from "node:http";
import { finished, pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";
import { bodyOf } from "../../support/fake-gateway.ts";
import { useScene } from "./scene.ts";

const scene = useScene();

describe("a node:http response", () => {
  test.each(["xbp", "json"] as const)(
    "that is ended at once is sent as one frame, in the encoding %s of its request",
    async (encoding) => {
      await scene.serveNode((_request, response) => {
        response.setHeader("Set-Cookie", ["a=1", "b=2"]);
        response.setHeader("X-Number", 5);
        response.end("hello");
      });
      const answer = await scene.gateway.fetch({}, { encoding });
      expect(answer).toEqual({
        encoding,
        status: 200,
        headers: { "set-cookie": ["a=1", "b=2"], "x-number": "5" },
        body: Buffer.from("hello"),
        stream: undefined,
      });
    },
  );

  test.each<[string, (response: ServerResponse) => void, object]>([
    [
      "an object",
      (response) => response.writeHead(201, { "Content-Type": "a/b", "Content-Length": 2 }),
      { "content-type": "a/b" },
    ],
    [
      "a list",
      (response) => response.writeHead(201, "Made", ["A", "1", "Link", "x", "link", "y"]),
      { a: "1", link: ["x", "y"] },
    ],
    ["pairs", (response) => response.writeHead(201, [["A", ["1", "2"]]] as never), { a: ["1", "2"] }],
    [
      "an object in addition to fields that were set",
      (response) => response.setHeader("A", "1").setHeader("B", "2").writeHead(201, { a: "3" }),
      { a: "3", b: "2" },
    ],
    ["nothing", (response) => response.writeHead(201), {}],
  ])("takes status and headers from writeHead with %s", async (_what, writeHead, headers) => {
    await scene.serveNode((_request, response) => {
      writeHead(response);
      response.end("ok");
    });
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 201, headers, body: Buffer.from("ok") });
  });

  test.each([
    ["set", (response: ServerResponse) => response.setHeader("Content-Length", 1234)],
    ["given to writeHead", (response: ServerResponse) => response.writeHead(200, { "Content-Length": 1234 })],
  ])("to HEAD has the content-length that was %s, and no body", async (_how, tell) => {
    await scene.serveNode((_request, response) => {
      tell(response);
      response.end("a body");
    });
    const answer = await scene.gateway.fetch({ method: "HEAD" });
    expect(answer).toMatchObject({ status: 200, headers: { "content-length": "1234" }, body: Buffer.alloc(0) });
  });

  test("refuses an invalid header field, and the client gets 500", async () => {
    await scene.serveNode((_request, response) => response.writeHead(200, { "x-split": "a\r\nb" }));
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 500 });
    expect(scene.errors).toMatchObject([{ code: "ERR_INVALID_CHAR" }]);
  });

  test("is sent as one frame when all parts are written in one tick, and as chunks otherwise", async () => {
    await scene.serveNode(async ({ url }, response) => {
      response.write("one ");
      if (url === "/late") await new Promise(setImmediate);
      response.write("two ", "latin1");
      response.end(Buffer.from("three"));
    });
    const [soon, late] = await Promise.all([scene.gateway.fetch({}), scene.gateway.fetch({ url: "/late" })]);
    expect([soon.stream, soon.body.toString()]).toEqual([undefined, "one two three"]);
    expect(late.stream).toBeDefined();
    expect((await bodyOf(late)).toString()).toBe("one two three");
  });

  test("sends what was written when it is flushed", async () => {
    const more = Promise.withResolvers<void>();
    await scene.serveNode(async (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      await more.promise;
      response.end("data: 1\n\n");
    });
    const answer = await scene.gateway.fetch({});
    expect(answer.headers).toEqual({ "content-type": "text/event-stream" });
    more.resolve();
    expect((await bodyOf(answer)).toString()).toBe("data: 1\n\n");
  });

  test("has no body with status 304, even if one was written", async () => {
    await scene.serveNode((_request, response) => response.writeHead(304, { etag: "x" }).end("body"));
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 304, headers: { etag: "x" }, body: Buffer.alloc(0) });
  });

  test("has the events and properties that frameworks use", async () => {
    const seen: string[] = [];
    const closed = Promise.withResolvers<void>();
    await scene.serveNode((request, response) => {
      for (const event of ["finish", "close"]) response.on(event, () => seen.push(event));
      response.on("close", () => {
        seen.push(`${response.writableFinished} ${response.headersSent} ${response.destroyed} ${request.complete}`);
        closed.resolve();
      });
      response.end("done");
      seen.push(`${response.writableEnded}`);
    });
    await scene.gateway.fetch({});
    await closed.promise;
    expect(seen).toEqual(["true", "finish", "close", "true true true true"]);
  });

  test("drops informational responses, because the gateway has already sent 100 Continue", async () => {
    await scene.serveNode((_request, response) => {
      response.writeContinue();
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      response.end("ok");
    });
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 200, body: Buffer.from("ok") });
  });

  test("applies back pressure to a pipe, and is written to its end", async () => {
    let written = 0;
    const result = Promise.withResolvers<unknown>();
    async function* parts() {
      for (; written < 4_000_000; written += 50_000) yield Buffer.alloc(50_000, "x");
    }
    await scene.serveNode(
      (_request, response) => void pipeline(parts(), response).then(() => result.resolve("done"), result.resolve),
    );
    const answer = await scene.gateway.fetch({});
    scene.gateway.sendMessage("Ping", {});
    await scene.gateway.message("Pong");
    expect(written).toBeLessThan(2_000_000);
    expect((await bodyOf(answer)).length).toBe(4_000_000);
    expect(await result.promise).toBe("done");
  });

  test("is closed, and its request aborted, when the client disconnects", async () => {
    const begun = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<unknown[]>();
    await scene.serveNode(async (request, response) => {
      const events: string[] = [];
      request.on("aborted", () => events.push("aborted"));
      request.on("error", ({ code }: NodeJS.ErrnoException) => events.push(`error ${code}`));
      request.on("close", () => events.push("request close"));
      request.socket.on("close", () => events.push("socket close"));
      response.write("part");
      begun.resolve();
      await finished(response).catch(({ code }) => events.push(code));
      await new Promise(setImmediate);
      seen.resolve([...events.sort(), response.destroyed, response.write("more")]);
    });
    const exchange = scene.gateway.send({ method: "POST" }, { input: true });
    await exchange.answer;
    await begun.promise;
    exchange.cancel();
    expect(await seen.promise).toEqual([
      "ERR_STREAM_PREMATURE_CLOSE",
      "aborted",
      "error ECONNRESET",
      "request close",
      "socket close",
      true,
      false,
    ]);
    expect(scene.errors).toEqual([]);
  });

  test("that is destroyed gives the client a 502, or an incomplete response", async () => {
    await scene.serveNode(({ url }, response) => {
      if (url === "/late") response.write("part");
      setImmediate(() => response.destroy());
    });
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 502 });
    await expect(bodyOf(await scene.gateway.fetch({ url: "/late" }))).rejects.toThrow(
      "the worker aborted the response",
    );
  });

  test("is a 500 when the listener throws or rejects, and the next request is answered", async () => {
    await scene.serveNode(({ url }, response) => {
      if (url === "/throw") throw new Error("a bug");
      if (url === "/reject") return Promise.reject(new Error("late")) as never;
      response.end("fine");
    });
    expect(await scene.gateway.fetch({ url: "/throw" })).toMatchObject({ status: 500 });
    expect(await scene.gateway.fetch({ url: "/reject" })).toMatchObject({ status: 500 });
    expect((await scene.gateway.fetch({})).body.toString()).toBe("fine");
    expect(scene.errors.map(String)).toEqual(["Error: a bug", "Error: late"]);
  });
});
