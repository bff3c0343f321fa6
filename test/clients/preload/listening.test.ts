import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { oldestNode } from "../../build/oldest-node.ts";
import { TELL, usePreload } from "./application.ts";

const scene = usePreload();

const IPV6 = { address: "::", family: "IPv6", port: 8080 };
const IPV4 = { address: "127.0.0.1", family: "IPv4", port: 8080 };

/** Listens with the given arguments, and tells the events and the address. */
function listens(call: string): string {
  return `${TELL}
    const server = http.createServer((request, response) => response.end("hello " + request.url));
    const events = [];
    server.on("listening", () => events.push("listening"));
    const done = () => events.push("callback");
    server.${call};
    setImmediate(() => tell(events.sort(), server.listening, server.address()));
  `;
}

describe("listen", () => {
  test.each([
    ["listen(8080)", ["listening"], IPV6],
    ["listen('8080', done)", ["callback", "listening"], IPV6],
    ["listen(8080, '127.0.0.1', done)", ["callback", "listening"], IPV4],
    ["listen(8080, '127.0.0.1', 5, done)", ["callback", "listening"], IPV4],
    ["listen({ port: 8080, host: '::1' }, done)", ["callback", "listening"], { ...IPV6, address: "::1" }],
    ["listen({ port: 8080, signal: new AbortController().signal })", ["listening"], IPV6],
  ])("%s of the gateway's port registers a worker", async (call, events, address) => {
    const app = await scene.start(listens(call));
    expect(await app.told()).toEqual([events, true, address]);
    const { payload } = await scene.gateway.message("RegisterWorker");
    expect(payload).toMatchObject({ id: "3", key: "a-key", pid: app.child.pid });
    expect((await scene.gateway.fetch({ url: "/x" })).body.toString()).toBe("hello /x");
  });

  test.each([
    ["listen()", { ...IPV6 }],
    ["listen(0, '127.0.0.1')", IPV4],
    ["listen(3000)", { ...IPV6, port: 3000 }],
    ["listen('/nowhere/a.sock')", "/nowhere/a.sock"],
  ])("%s registers a worker too if any server may be the application's", async (call, address) => {
    const app = await scene.start(listens(call), { env: { XSYS_APP_PORT: "any" } });
    expect(await app.told()).toEqual([["listening"], true, address]);
    await scene.gateway.message("RegisterWorker");
  });

  test("works in an ES module and with --import, on the oldest Node here", async () => {
    const code = `import { createServer } from "node:http";
      createServer((_, response) => response.end(process.version)).listen(process.env.PORT);`;
    const { file: node, version } = await oldestNode();
    await scene.start(code, { file: "app.mjs", node, options: ["--import", scene.preload] });
    await scene.gateway.message("RegisterWorker");
    expect((await scene.gateway.fetch({})).body.toString()).toContain(`v${version.join(".")}`);
  });

  test("of another port listens, and it is told how the application can get the gateway's requests", async () => {
    const app = await scene.start(`${TELL}
      const server = http.createServer((_, response) => response.end("itself")).listen(0, "127.0.0.1", () => tell(server.address()));
    `);
    const [{ port }] = await app.told();
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("itself");
    await app.says(/a server listens on 0, but the gateway's requests are for one on 8080: .*--app-port/);
  });

  test("of several servers: the one on the gateway's port gets its requests, the others listen", async () => {
    const app = await scene.start(`${TELL}
      const other = http.createServer((_, response) => response.end("other")).listen(0, "127.0.0.1", () => {
        const server = http.createServer((_, response) => response.end("app")).listen(8080, () => tell(other.address()));
      });
    `);
    const [{ port }] = await app.told();
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("other");
    expect((await scene.gateway.fetch({})).body.toString()).toBe("app");
  });

  test.each([
    ["3000", "3000"],
    ["/run/x.sock", "'/run/x.sock'"],
  ])("of %s registers a worker if the service names it as the application's", async (appPort, place) => {
    await scene.start(listens(`listen(${place})`), { env: { XSYS_APP_PORT: appPort } });
    await scene.gateway.message("RegisterWorker");
  });

  test("fails as in Node when the server listens already, or another one listens there", async () => {
    const app = await scene.start(`${TELL}
      const server = http.createServer().listen(8080);
      try { server.listen(8080); } catch (error) { tell(error.code); }
      http.createServer().on("error", ({ code, message }) => tell(code, message)).listen(8080);
      http.createServer().listen(8080, "::1", () => {
        tell("another address");
        server.close(() => http.createServer().listen(8080, () => tell("again")));
      });
    `);
    expect(await app.told()).toEqual(["ERR_SERVER_ALREADY_LISTEN"]);
    expect(await app.told()).toEqual(["EADDRINUSE", "listen EADDRINUSE: address already in use :::8080"]);
    expect(await app.told()).toEqual(["another address"]);
    await scene.gateway.message("Leave");
    scene.gateway.sendMessage("Left", {});
    expect(await app.told()).toEqual(["again"]);
  });

  test("refuses what Node refuses", async () => {
    const app = await scene.start(`${TELL}
      for (const place of [70_000, {}, { port: -1 }]) {
        try { http.createServer().listen(place); } catch (error) { tell(error.code); }
      }
      http.createServer().on("error", ({ code }) => tell(code)).listen(8080, "no-such-host.invalid");
    `);
    for (const code of ["ERR_SOCKET_BAD_PORT", "ERR_INVALID_ARG_VALUE", "ERR_SOCKET_BAD_PORT"]) {
      expect(await app.told()).toEqual([code]);
    }
    expect(await app.told()).toEqual([expect.stringMatching(/ENOTFOUND|EAI_AGAIN/)]);
  });

  test("of a net.Server is left alone", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const app = await scene.start(
      `${TELL} require("node:net").createServer().on("error", ({ code }) => tell(code)).listen(${port}, "127.0.0.1");`,
      { env: { XSYS_GATEWAY: `http://127.0.0.1:${port}` } },
    );
    expect(await app.told()).toEqual(["EADDRINUSE"]);
    taken.close();
  });

  test.each([
    ["client certificates", "https.createServer({ requestCert: true })"],
    ["a certificate for each host", "https.createServer({ SNICallback() {} })"],
    ["CONNECT requests", `http.createServer().on("connect", () => {})`],
    ["raw streams of HTTP/2", `http2.createServer().on("stream", () => {})`],
  ])("of a server with %s listens, and the reason is told once", async (_what, create) => {
    const app = await scene.start(
      `${TELL} const https = require("node:https"), http2 = require("node:http2");
      const server = ${create}.listen(0, "127.0.0.1", () => tell(server.address().port > 0));`,
      { env: { XSYS_APP_PORT: "0" } },
    );
    expect(await app.told()).toEqual([true]);
    await app.says(/^xsys: the server on 0 listens itself and gets no requests of the gateway: it .+\n$/);
  });
});

describe("the preload does nothing", () => {
  const LISTENS_ITSELF = `${TELL}
    const server = http.createServer().on("error", () => {}).listen(0, "127.0.0.1", () => tell(server.address().port !== 8080, process.env.PORT ?? null));`;

  test.each([
    ["without a service", { XYPRISS_IPC_PATH: "" }],
    ["in a process without the key of a worker", { XSYS_WORKER_KEY: undefined }],
    ["in a child process of the application", { XSYS_PRELOADED: "1" }],
  ])("%s", async (_where, env) => {
    const app = await scene.start(LISTENS_ITSELF, { env: { XSYS_APP_PORT: "any", ...env } });
    expect(await app.told()).toEqual([true, null]);
  });

  test("in the children and threads of an application, which inherit it", async () => {
    const app = await scene.start(
      `${TELL}
      const inherited = ${JSON.stringify(LISTENS_ITSELF)};
      const { execFileSync } = require("node:child_process");
      console.log(execFileSync(process.execPath, ["-e", inherited + "setTimeout(() => process.exit(), 100)"], { encoding: "utf8" }).trim());
      new (require("node:worker_threads").Worker)(inherited, { eval: true });`,
      { env: { XSYS_APP_PORT: "any", NODE_OPTIONS: `--require ${scene.preload}` } },
    );
    expect(await app.told()).toEqual([true, "8080"]); // PORT is inherited
    expect(await app.told()).toEqual([true, "8080"]);
  });

  test("not in an application whose folder is named like such a program", async () => {
    await scene.start(listens("listen(8080)"), { file: "npm/pnpm.d/app.cjs" });
    await scene.gateway.message("RegisterWorker");
  });

  test("in a program that runs the application in a child process, where it works", async () => {
    const launcher = "node_modules/npm/bin/npm-cli.js";
    const app = await scene.start(
      `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(listens("listen(8080)"))}], { stdio: "inherit" });`,
      { file: launcher, env: { NODE_OPTIONS: `--require ${scene.preload}` } },
    );
    expect(await app.told()).toEqual([["listening"], true, IPV6]);
    await scene.gateway.message("RegisterWorker");
    expect((await scene.gateway.fetch({})).body.toString()).toBe("hello /");
    app.child.kill("SIGKILL");
  });
});
