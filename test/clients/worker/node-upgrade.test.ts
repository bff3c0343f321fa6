import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { bodyOf } from "../../support/fake-gateway.ts";
import { useScene } from "./scene.ts";

const scene = useScene();

describe("an upgrade request", () => {
  const headers = { host: "x", connection: "Upgrade", upgrade: "echo" };
  const upgrading = { input: true, upgrade: true };

  test("emits the server's upgrade event, with a socket that accepts a response head and then bytes", async () => {
    const server = createServer();
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: ec");
      socket.write(`ho\r\nX-Url: ${request.url}\r\n\r\nfirst `);
      socket.pipe(socket);
    });
    await scene.serveNode(server);
    const exchange = scene.gateway.send({ url: "/socket", headers }, upgrading);
    const answer = await exchange.answer;
    expect(answer).toMatchObject({ status: 101, headers: { upgrade: "echo", "x-url": "/socket" } });
    await exchange.input.write(Buffer.from("second"));
    exchange.endInput();
    expect((await bodyOf(answer)).toString()).toBe("first second");
  });

  test("is refused by another status, and answered with 502 when the socket is closed or gets no valid head", async () => {
    const server = createServer();
    server.on("upgrade", ({ url }: IncomingMessage, socket: Duplex) => {
      if (url === "/refuse") socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nA: 1\r\nA: 2\r\n\r\nno");
      else if (url === "/large") socket.write(Buffer.alloc(70_000));
      else if (url === "/garbage") socket.write("hello\r\n\r\n");
      else socket.destroy();
    });
    await scene.serveNode(server);
    const refused = await scene.gateway.fetch({ url: "/refuse", headers }, upgrading);
    expect(refused).toMatchObject({ status: 403, headers: { a: ["1", "2"] } });
    expect((await bodyOf(refused)).toString()).toBe("no");
    for (const url of ["/close", "/large", "/garbage"]) {
      expect(await scene.gateway.fetch({ url, headers }, upgrading)).toMatchObject({ status: 502 });
    }
  });

  test("is answered with 502 when its listener throws, and other requests are not affected", async () => {
    const server = createServer((_request, response) => response.end("well"));
    server.on("upgrade", () => {
      throw new Error("no such socket");
    });
    await scene.serveNode(server);
    expect(await scene.gateway.fetch({ headers }, upgrading)).toMatchObject({ status: 502 });
    expect(scene.errors).toEqual([new Error("no such socket")]);
    expect((await scene.gateway.fetch({ url: "/" })).body.toString()).toBe("well");
  });

  test("is handled like any other request when the server has no upgrade listener", async () => {
    await scene.serveNode(createServer((_request, response) => response.end("plain")));
    expect((await scene.gateway.fetch({ headers }, upgrading)).body.toString()).toBe("plain");
  });

  test("closes the worker's socket when the client disconnects", async () => {
    const server = createServer();
    const taken = once(server, "upgrade");
    await scene.serveNode(server);
    const exchange = scene.gateway.send({ headers }, upgrading);
    const [, socket] = await taken;
    socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    await exchange.answer;
    exchange.cancel();
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });
});
