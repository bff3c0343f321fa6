import { expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { pidsOf, useStage } from "./support/stage.ts";

const stage = useStage();

/** Prints each request, with its process id and whether it is a warm-up request. /broken fails. */
const SERVER = `
require("node:http").createServer((request, response) => {
  console.log("got", process.pid, request.url, request.headers["x-xsys-warm-up"] ?? "-");
  response.statusCode = request.url === "/broken" ? 500 : 200;
  response.end("ok");
}).listen(process.env.PORT);`;

/** What a process was asked for, in order. */
async function requestsTo(pid: number | undefined): Promise<string[]> {
  const text = await stage.log("server");
  return [...text.matchAll(/got (\d+) (\S+ \S+)$/gm)].flatMap(([, by, what]) =>
    Number(by) === pid ? [what ?? ""] : [],
  );
}

const times = (count: number, what: string) => Array.from({ length: count }, () => what);
const WARM = [...times(10, "/ 1"), "/broken 1", ...times(10, "/api?page=1 1")];

test("a process that replaces another one is warmed up before it gets requests; a failed path is told in the log", async () => {
  const port = await freePort();
  await stage.sandbox.write("server.js", SERVER);
  const words = ["server.js", "--port", String(port), "--stable-for"];
  const before = await stage.result("start", ...words, "300");
  const after = await stage.result("start", ...words, "3s", "--warmup", "/,/broken,/api?page=1");
  expect(await (await fetch(`http://127.0.0.1:${port}/client`)).text()).toBe("ok");
  await expect.poll(() => requestsTo(pidsOf(after)[0])).toEqual([...WARM, "/client -"]);
  expect(await requestsTo(pidsOf(before)[0])).toEqual([]); // it had requests to answer from the first moment
  expect(await stage.sandbox.read("state/gateway/gateway.log")).toMatch(/"path":"\/broken","failure":"status 500"/);
});

test("a standby is warmed up when it is ready", async () => {
  const port = await freePort();
  await stage.sandbox.write("server.js", SERVER);
  await stage.sandbox.write(
    "xsys.config.json",
    JSON.stringify({
      apps: [{ entry: "server.js", port, strategy: "hot", stableFor: 300, warmup: ["/", "/broken", "/api?page=1"] }],
    }),
  );
  await stage.run("apply", "xsys.config.json");
  const { members } = await stage.app("server");
  const standby = members.find(({ role }) => role === "standby");
  await expect.poll(() => requestsTo(standby?.pid)).toEqual(WARM);
});

test.each([
  ["api", 'warmup must be a path such as /api/health, or a list of paths, not "api"'],
  ["/a b", "warmup must be a path"],
  ["//[", "warmup must be a path"],
])("%s is no path", async (path, message) => {
  await stage.sandbox.write("server.js", SERVER);
  expect(await stage.run("start", "server.js", "--warmup", path)).toMatchObject({
    status: 64,
    stderr: expect.stringContaining(message),
  });
});
