import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { useSandbox } from "../../support/sandbox.ts";
import { cleanUp, startProxy } from "./harness.ts";

const sandbox = useSandbox();
const trusted = getCACertificates();
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

afterEach(() => setDefaultCACertificates(trusted));

/** A server named localhost, with a certificate that this process trusts or not. */
async function startTls(isTrusted: boolean) {
  const [key, cert] = [sandbox.path("key.pem"), sandbox.path("cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-nodes"];
  const files = ["-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ed25519", ...files, ...subject], { stdio: "ignore" });
  const pem = readFileSync(cert, "utf8");
  if (isTrusted) setDefaultCACertificates([...trusted, pem]);
  const names: (string | false | null)[] = [];
  const hosts: (string | undefined)[] = [];
  const server = createServer({ key: readFileSync(key), cert: pem }, (request, response) => {
    hosts.push(request.headers.host);
    response.end("safe");
  });
  server.on("secureConnection", (socket) => names.push(socket.servername));
  server.on("tlsClientError", () => {});
  server.listen(0, "localhost");
  await once(server, "listening");
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, names, hosts, server };
}

async function ask(port: number, host: string): Promise<[number | undefined, string]> {
  const request = httpRequest({ host: "127.0.0.1", port, headers: { host }, agent: false }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return [response.statusCode, (await response.toArray()).join("")];
}

describe.runIf(hasOpenssl)("an upstream over TLS", () => {
  test("is verified by its own name, over one connection, whatever Host the clients send", async () => {
    const { url, names, hosts } = await startTls(true);
    const { port } = await startProxy({ upstreams: [url] });
    expect(await ask(port, "a.example")).toEqual([200, "safe"]);
    expect(await ask(port, "b.example")).toEqual([200, "safe"]);
    expect({ names, hosts }).toEqual({ names: ["localhost"], hosts: ["a.example", "b.example"] });
  });

  test("receives no request if its certificate is not trusted: 502", async () => {
    const { url, hosts } = await startTls(false);
    const { port, proxy } = await startProxy({ upstreams: [url] });
    expect((await ask(port, "a.example"))[0]).toBe(502);
    expect(hosts).toEqual([]);
    expect(proxy.status()).toMatchObject([{ healthy: false }]);
  });

  test("accepts WebSocket connections, verified by its own name", async () => {
    const { url, names, server } = await startTls(true);
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => socket.send("safe"));
    const { port } = await startProxy({ upstreams: [url] });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { host: "a.example" } });
    cleanUp(() => socket.terminate());
    const [data] = (await once(socket, "message")) as [Buffer];
    expect([data.toString(), names]).toEqual(["safe", ["localhost"]]);
  });

  test("receives no upgrade if its certificate is not trusted: 502", async () => {
    const { url } = await startTls(false);
    const { port } = await startProxy({ upstreams: [url] });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    socket.on("error", () => {});
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(502);
    response.resume();
  });
});
