import { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { workerContext } from "../../../clients/typescript/worker.ts";
import { useScene } from "./scene.ts";

const scene = useScene();

describe("a node:http request", () => {
  test("has the fields that the gateway sent, and a socket with the client's address", async () => {
    await scene.serveNode((request, response) => {
      const { method, url, headers, rawHeaders, httpVersion, socket } = request;
      const { remoteAddress, remotePort, remoteFamily, localPort } = socket;
      const { params } = workerContext(request);
      const received = {
        method,
        url,
        headers,
        rawHeaders,
        httpVersion,
        remoteAddress,
        remotePort,
        remoteFamily,
        localPort,
        params,
      };
      response.end(JSON.stringify(received));
    });
    const headers = { host: "x", cookie: ["a=1", "b=2"], "x-a": ["1", "2"] };
    const answer = await scene.gateway.fetch(
      { url: "/a?b", headers, remoteAddr: "[::1]:99, 10.0.0.1", params: { id: "7" } },
      { encoding: "json" },
    );
    expect(JSON.parse(answer.body.toString())).toEqual({
      method: "GET",
      url: "/a?b",
      headers: { host: "x", cookie: "a=1; b=2", "x-a": "1, 2" },
      rawHeaders: ["host", "x", "cookie", "a=1", "cookie", "b=2", "x-a", "1", "x-a", "2"],
      httpVersion: "1.1",
      remoteAddress: "::1",
      remotePort: 99,
      remoteFamily: "IPv6",
      localPort: 80,
      params: { id: "7" },
    });
  });

  test.each([
    ["whole", false],
    ["in chunks", true],
  ])("has the body that was sent %s, and matching header fields", async (_how, input) => {
    await scene.serveNode(async (request, response) => {
      const { "content-length": length, "transfer-encoding": encoding } = request.headers;
      response.end(JSON.stringify([length, encoding, await text(request), request.complete]));
    });
    const body = Buffer.from("grüße");
    const exchange = scene.gateway.send({ method: "POST", ...(!input && { body }) }, { input });
    if (input) await exchange.input.write(body).then(() => exchange.endInput());
    const received = JSON.parse((await exchange.answer).body.toString());
    expect(received).toEqual([...(input ? [null, "chunked"] : ["7", null]), "grüße", true]);
  });

  test("of a form with stored files has the text fields as a JSON body, and the files in its context", async () => {
    await scene.serveNode(async (request, response) => {
      response.end(
        JSON.stringify([request.headers["content-type"], await text(request), workerContext(request).files]),
      );
    });
    const file = {
      fieldname: "f",
      originalname: "o",
      encoding: "7bit",
      mimetype: "a/b",
      destination: "/d",
      filename: "n",
      path: "/d/n",
      size: 3,
    };
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const answer = await scene.gateway.fetch({
      method: "POST",
      headers,
      body: Buffer.from('{"a":"1"}'),
      files: [file],
    });
    expect(JSON.parse(answer.body.toString())).toEqual(["application/json", '{"a":"1"}', [file]]);
  });

  test("that is answered before its body has arrived is over, whether its body is read or not", async () => {
    await scene.serveNode((request, response) => {
      if (request.url === "/read") request.resume();
      response.end("early");
    });
    for (const url of ["/read", "/leave"]) {
      const exchange = scene.gateway.send({ method: "POST", url }, { input: true });
      expect((await exchange.answer).body.toString()).toBe("early");
      await exchange.input.write(Buffer.from("late"));
      exchange.endInput();
    }
    expect(scene.errors).toEqual([]);
  });

  test("that is destroyed aborts the exchange and emits close", async () => {
    const closed = Promise.withResolvers<boolean>();
    await scene.serveNode((request) => {
      request.on("close", () => closed.resolve(request.aborted));
      request.destroy();
    });
    expect(await scene.gateway.fetch({ method: "POST" }, { input: true })).toMatchObject({ status: 502 });
    expect(await closed.promise).toBe(true);
  });

  test("and its response work after their prototypes were replaced, as Express does", async () => {
    const requests = Object.create(IncomingMessage.prototype);
    const responses = Object.create(ServerResponse.prototype, {
      send: {
        value(this: ServerResponse, body: string) {
          this.setHeader("x-sent", "1");
          this.end(body);
        },
      },
    });
    await scene.serveNode(async (request, response) => {
      Object.setPrototypeOf(request, requests);
      Object.setPrototypeOf(response, responses);
      const body = await text(request);
      (response as ServerResponse & { send(body: string): void }).send(`${body} ${workerContext(request).params.id}`);
    });
    const answer = await scene.gateway.fetch({ method: "POST", body: Buffer.from("body"), params: { id: "7" } });
    expect(answer).toMatchObject({ headers: { "x-sent": "1" }, body: Buffer.from("body 7") });
  });

  test("that does not come from serveNodeWorker has no worker context", () => {
    expect(() => workerContext(new IncomingMessage(undefined as never))).toThrow("does not come from serveNodeWorker");
  });
});
