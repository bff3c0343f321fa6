import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bodyOf } from "../../support/fake-gateway.ts";
import { useScene } from "./scene.ts";

const scene = useScene();

describe("bodies that are large or arrive over time", () => {
  test("are sent as chunks in both directions, with back pressure", async () => {
    const sum = async (body: AsyncIterable<Uint8Array>) => {
      const hash = createHash("sha256");
      for await (const bytes of body) hash.update(bytes);
      return hash.digest("hex");
    };
    await scene.serve(async (request) => {
      if (new URL(request.url).pathname === "/echo") return new Response(request.body);
      return new Response(await sum(request.body as ReadableStream<Uint8Array>));
    });
    const large = Buffer.alloc(5_000_000, "0123456789");
    const expected = createHash("sha256").update(large).digest("hex");
    const up = scene.gateway.send({ method: "POST", url: "/sum" }, { input: true });
    await up.input.write(large);
    up.endInput();
    expect((await up.answer).body.toString()).toBe(expected);

    const echo = scene.gateway.send({ method: "POST", url: "/echo" }, { input: true });
    const written = echo.input.write(large).then(() => echo.endInput());
    const answer = await echo.answer;
    expect(answer.stream).toBeDefined();
    expect(await sum(answer.stream as AsyncIterable<Uint8Array>)).toBe(expected);
    await written;
  });

  test("a response over 64 KiB is sent as chunks, one of 64 KiB as a single frame", async () => {
    await scene.serve(({ url }) => new Response(Buffer.alloc(Number(new URL(url).search.slice(1)), "x")));
    const [small, large] = await Promise.all([
      scene.gateway.fetch({ url: "/?65536" }),
      scene.gateway.fetch({ url: "/?65537" }),
    ]);
    expect([small.stream, small.body.length]).toEqual([undefined, 65_536]);
    expect([large.stream === undefined, (await bodyOf(large)).length]).toEqual([false, 65_537]);
  });

  test("a response's head is sent before its body arrives", async () => {
    const more = Promise.withResolvers<void>();
    async function* parts() {
      await more.promise;
      yield Buffer.from("late");
    }
    await scene.serve(() => new Response(ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>));
    const answer = await scene.gateway.fetch({});
    expect(answer.status).toBe(200);
    more.resolve();
    expect((await bodyOf(answer)).toString()).toBe("late");
  });

  test("a response that fails before its head was sent is a 500, and one that fails later is cut off", async () => {
    let stream = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("at once")) });
    await scene.serve(() => new Response(stream));
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 500 });
    async function* parts() {
      for (let part = 0; part < 3; part++) yield Buffer.alloc(500_000);
      throw new Error("while the gateway is behind");
    }
    stream = ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>;
    const answer = await scene.gateway.fetch({});
    scene.gateway.sendMessage("Ping", {});
    await scene.gateway.message("Pong");
    await expect(bodyOf(answer)).rejects.toThrow("the worker failed");
    expect(scene.errors.map(String)).toEqual(["Error: at once", "Error: while the gateway is behind"]);
  });

  test("a response whose body yields something other than bytes is a 500", async () => {
    const body = ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array>;
    await scene.serve(() => new Response(body));
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 500 });
  });

  test("each part of a body is sent when it arrives", async () => {
    const more = Promise.withResolvers<void>();
    async function* parts() {
      yield Buffer.from("first");
      await more.promise;
      yield Buffer.from("second");
    }
    await scene.serve(() => new Response(ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>));
    const { stream } = await scene.gateway.fetch({});
    expect(Buffer.from((await stream?.next()) ?? []).toString()).toBe("first");
    more.resolve();
    expect(Buffer.from((await stream?.next()) ?? []).toString()).toBe("second");
    expect(await stream?.next()).toBeUndefined();
  });

  test("a response that fails halfway is cut off, and the error is reported", async () => {
    const fails = Promise.withResolvers<void>();
    async function* parts() {
      yield Buffer.from("part");
      await fails.promise;
      throw new Error("lost the rest");
    }
    await scene.serve(() => new Response(ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>));
    const answer = await scene.gateway.fetch({});
    fails.resolve();
    await expect(bodyOf(answer)).rejects.toThrow("the worker failed");
    expect(scene.errors.map(String)).toEqual(["Error: lost the rest"]);
  });

  test("the source of a body is cancelled when the client disconnects", async () => {
    const stopped = Promise.withResolvers<unknown>();
    await scene.serve(() => {
      const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(Buffer.alloc(10_000));
      return new Response(new ReadableStream({ pull, cancel: stopped.resolve }));
    });
    const exchange = scene.gateway.send({});
    await exchange.answer;
    exchange.cancel();
    expect(await stopped.promise).toMatchObject({ code: "CANCELLED" });
    expect(scene.errors).toEqual([]);
  });

  test("an unread request body does not block other requests", async () => {
    await scene.serve(() => new Response("no", { status: 413 }));
    const exchange = scene.gateway.send({ method: "POST" }, { input: true });
    await exchange.input.write(Buffer.alloc(1_000_000));
    expect(await exchange.answer).toMatchObject({ status: 413 });
    exchange.endInput();
    expect(await scene.gateway.fetch({})).toMatchObject({ status: 413 });
  });
});
