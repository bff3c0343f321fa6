import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { useChildren } from "../support/children.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { useSandbox } from "../support/sandbox.ts";
import { type StartedServer, startServer } from "../support/started-server.ts";
import { HAS_REDIS, RedisServer } from "./limits/redis.ts";
import { type Asked, TestWorker } from "./support.ts";

/**
 * `xsys server start` with the flags of a feature. Each feature loads its code on demand, and the executable must
 * contain it.
 */
const sandbox = useSandbox();
const children = useChildren();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Starts the server; `url` is its address. */
async function start(...flags: string[]): Promise<{ server: StartedServer; url: string }> {
  const words = ["--port=0", `--ipc=${sandbox.path("s")}`, "--perf-compression=false", ...flags];
  const server = await startServer(words, { cwd: sandbox.root, add: children.add });
  return { server, url: `http://${server.address()}` };
}

/** A worker that answers every request with the result of `make`, with the content type `type`. */
async function answering(
  { server }: { server: StartedServer },
  make: (asked: Asked) => string,
  { type = "application/json", routes = [] }: { type?: string; routes?: readonly unknown[] } = {},
): Promise<void> {
  const peer = await RawPeer.connect(sandbox.path("s"));
  cleanUps.push(() => peer.close());
  peer.send({ type: "RegisterWorker", payload: { id: "master" } });
  peer.send({ type: "SyncRoutes", payload: routes });
  await server.until(/worker master is connected/);
  const worker = new TestWorker(peer);
  void (async () => {
    for (;;) {
      const asked = await worker.asked();
      worker.answer(asked, make(asked), { headers: { "content-type": type } });
    }
  })().catch(() => {}); // the connection is closed
}

function base64(configuration: object): string {
  return Buffer.from(JSON.stringify(configuration)).toString("base64");
}

describe("server start with flags for", () => {
  test("uploads stores the files of a form, with the type detected from their contents", async () => {
    const started = await start(`--upload-dir=${sandbox.path("up")}`, "--upload-allowed-mimes=image/png");
    await answering(started, ({ files, upload_errors, body }) => {
      return JSON.stringify({ files, upload_errors, fields: Buffer.from(body ?? "", "base64").toString() });
    });
    const form = new FormData();
    form.append("title", "a picture");
    form.append("picture", new Blob([PNG]), "a.png");
    form.append("text", new Blob(["words"], { type: "image/png" }), "b.png");
    const answer = await fetch(started.url, { method: "POST", body: form });
    const { files, upload_errors, fields } = (await answer.json()) as Record<string, string>;
    expect(JSON.parse(fields ?? "")).toEqual({ title: "a picture" });
    expect(files).toMatchObject([{ fieldname: "picture", mimetype: "image/png", size: PNG.length }]);
    expect(upload_errors).toMatchObject([{ fieldname: "text", type: "INVALID_MIME_TYPE" }]);
  });

  test("compression compresses", async () => {
    const started = await start("--perf-compression=true");
    await answering(started, () => JSON.stringify({ text: "x".repeat(5_000) }));
    const codings = ["gzip", "br"].map(async (coding) => {
      const { headers } = await fetch(started.url, { headers: { "accept-encoding": coding } });
      return headers.get("content-encoding");
    });
    expect(await Promise.all(codings)).toEqual(["gzip", "br"]);
    expect(gunzipSync(await packed(started.url)).length).toBeGreaterThan(5_000);
  });

  test("conversion gives a worker JSON for XML, and the client XML for JSON", async () => {
    const started = await start("--conversion-enabled", "--conv-xml-json", "--conv-auto-reply");
    await answering(started, ({ body }) => Buffer.from(body, "base64").toString());
    const headers = { "content-type": "application/xml" };
    const answer = await fetch(started.url, { method: "POST", headers, body: '<a b="1"><c>two</c></a>' });
    expect(answer.headers.get("content-type")).toContain("application/xml");
    expect(await answer.text()).toContain('<a b="1"><c>two</c></a>');
  });

  test("guards set headers, refuse attacks and mask responses", async () => {
    const on = base64({ enabled: true, blockOnDetection: true });
    const names = ["xss", "xxe", "sqli", "cmd-inject", "path-traversal", "ldap-inject"];
    const masks = base64({ enabled: true, rules: [{ field: "secret", replacement: "***" }] });
    const started = await start(
      `--helmet-config-json=${base64({})}`,
      `--hpp-config-json=${base64({ checkQuery: true })}`,
      `--csrf-config-json=${base64({ enabled: true, secret: "a secret of some length" })}`,
      `--slowdown-config-json=${base64({ windowMs: 1_000, delayAfter: 1_000, delayMs: 1 })}`,
      `--response-manipulation-config-json=${masks}`,
      ...names.map((name) => `--${name}-config-json=${on}`),
    );
    await answering(started, () => '{"secret":"abc","open":1}');
    const answer = await fetch(started.url);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await answer.json()).toEqual({ secret: "***", open: 1 });
    expect((await fetch(`${started.url}/?q=${encodeURIComponent("1' OR '1'='1")}`)).status).toBe(403);
    expect((await fetch(`${started.url}/?q=${encodeURIComponent("<script>alert(1)</script>")}`)).status).toBe(403);
    expect((await fetch(started.url, { method: "POST", body: "no token" })).status).toBe(403);
  });

  test("rate limits with regular expressions do not count excluded paths", async () => {
    const started = await start("--rate-limit", "--rate-limit-max=1", "--rate-limit-exclude=RE:^/free/\\d+$");
    await answering(started, () => "{}");
    const paths = ["/free/1", "/free/2", "/", "/"];
    const statuses: number[] = [];
    for (const path of paths) statuses.push((await fetch(started.url + path)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test.skipIf(!HAS_REDIS)("rate limits in Redis count there (skipped without redis-server)", async () => {
    const redis = new RedisServer(await freePort());
    await redis.start(sandbox.root);
    cleanUps.push(() => redis.kill());
    const started = await start("--rate-limit", "--rate-limit-max=1", `--rate-limit-store=${redis.url}`);
    await answering(started, () => "{}");
    expect([(await fetch(started.url)).status, (await fetch(started.url)).status]).toEqual([200, 429]);
    expect(started.server.text()).not.toContain("store is down");
  });

  test("upstreams forwards requests that no worker has a route for", async () => {
    const upstream = createServer(({ url }, response) => response.end(`upstream ${url}`));
    await listening(upstream);
    const { port } = upstream.address() as AddressInfo;
    const { url } = await start(`--proxy-upstreams=http://127.0.0.1:${port}`, "--proxy-hc-enabled");
    expect(await (await fetch(`${url}/a?b=c`)).text()).toBe("upstream /a?b=c");
  });

  test("no feature still serves static files and the Prometheus page", async () => {
    await sandbox.write("public/a.css", "a { b: c }");
    const started = await start("--quality-enabled", "--breaker-enabled", "--max-concurrent-requests=10");
    const routes = [{ method: "GET", path: "/files/*filepath", target: "static", file_path: sandbox.path("public") }];
    await answering(started, () => "{}", { routes });
    const file = await fetch(`${started.url}/files/a.css`);
    expect([file.headers.get("content-type"), await file.text()]).toEqual(["text/css; charset=utf-8", "a { b: c }"]);
    const page = await (await fetch(`${started.url}/_xypriss/b/metrics`)).text();
    expect(page).toContain("process_resident_memory_bytes");
    expect(page).toMatch(/xsys_http_requests_total\{[^}]*method="GET"[^}]*\} 1/);
  });
});

/** The body as received; fetch would decompress it. */
async function packed(url: string): Promise<Buffer> {
  const sent = request(url, { headers: { "accept-encoding": "gzip" }, agent: false });
  sent.end();
  const [answer] = await once(sent, "response");
  return Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>));
}

async function listening(server: Server): Promise<void> {
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
}

/** An image of one pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
