import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { pidsOf, useStage } from "./support/stage.ts";

const stage = useStage();
const get = (port: number, path = "/") => fetch(`http://127.0.0.1:${port}${path}`).then((response) => response.text());

describe.each(["frames", "socket"])("an unchanged Node application with --port and --front %s", (front) => {
  const QUICK = ["--front", front, "--stable-for", "300"];

  test.each([
    ["CommonJS", "app.cjs", `const http = require("node:http");`],
    ["an ES module", "app.mjs", `import http from "node:http";`],
  ])("in %s gets the connections of the port, whatever port it asks for and sees", async (_, file, load) => {
    const port = await freePort();
    await stage.sandbox.write(
      file,
      `${load}
       const server = http.createServer((_, response) => response.end("port " + server.address().port));
       server.listen(3456, () => console.log("listening"));`,
    );
    await stage.result("start", file, "--port", String(port), ...QUICK);
    expect(await get(port)).toBe("port 3456");
    expect(await stage.log("app")).toMatch(/out listening\n/);
    await expect(get(3456)).rejects.toThrow();
  });

  test("takes the server for PORT, if several listen", async () => {
    const port = await freePort();
    const other = await freePort();
    await stage.sandbox.write(
      "app.js",
      `const { createServer } = require("node:net");
       createServer((socket) => socket.end("HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\nother")).listen(${other}, "127.0.0.1");
       require("node:http").createServer((_, response) => response.end("main")).listen({ port: process.env.PORT, host: "::" });`,
    );
    await stage.result("start", "app.js", "--port", String(port), ...QUICK);
    expect(await get(port)).toBe("main");
    expect(await get(other)).toBe("other");
  });

  test("its child processes and threads listen as they say", async () => {
    const port = await freePort();
    const [ofChild, ofThread] = [await freePort(), await freePort()];
    await stage.sandbox.write(
      "server.js",
      `require("node:http").createServer((_, r) => r.end(process.argv[3] ?? "thread")).listen(process.argv[2] ?? ${ofThread})`,
    );
    await stage.sandbox.write(
      "app.js",
      `require("node:child_process").fork("./server.js", ["${ofChild}", "child"]);
       new (require("node:worker_threads").Worker)("./server.js", { argv: [] });
       require("node:http").createServer((_, response) => response.end("main")).listen(process.env.PORT);`,
    );
    await stage.result("start", "app.js", "--port", String(port), ...QUICK);
    expect(await get(port)).toBe("main");
    await expect.poll(() => get(ofChild).catch(() => "")).toBe("child");
    await expect.poll(() => get(ofThread).catch(() => "")).toBe("thread");
  });

  test("keeps the options of Node that it has", async () => {
    const port = await freePort();
    await stage.sandbox.write(
      "app.js",
      `require("node:http").createServer((_, r) => r.end(process.env.NODE_OPTIONS)).listen(1)`,
    );
    const words = ["--port", String(port), "--env", '{"NODE_OPTIONS":"--no-deprecation"}', ...QUICK];
    await stage.result("start", "app.js", ...words);
    expect(await get(port)).toMatch(/^--no-deprecation --require=/);
  });

  test("answers what it has accepted when it is restarted, and no connection is refused", async () => {
    const port = await freePort();
    await stage.sandbox.write(
      "app.js",
      `require("node:http").createServer((request, response) => {
         response.write("begun ");
         setTimeout(() => response.end("ended"), request.url === "/slow" ? 1500 : 0);
       }).listen(3000, () => console.log("listening"));`,
    );
    const before = await stage.result("start", "app.js", "--port", String(port), ...QUICK);
    await expect.poll(() => stage.log("app")).toContain("listening");
    const slow = fetch(`http://127.0.0.1:${port}/slow`, { headers: { connection: "close" } });
    await (await slow).body; // the head has arrived
    let isOver = false;
    const restarted = stage.result("restart", "app").finally(() => {
      isOver = true;
    });
    restarted.catch(() => {}); // awaited below
    while (!isOver) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
      expect(await response.text()).toBe("begun ended");
    }
    expect(pidsOf(await restarted)).not.toEqual(pidsOf(before));
    expect(await (await slow).text()).toBe("begun ended");
  });
});
