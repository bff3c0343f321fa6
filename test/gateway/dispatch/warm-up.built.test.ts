import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { connect } from "../../../clients/typescript/index.ts";
import { sendSignal } from "../../../internal/processes/send-signal.ts";
import { useChildren } from "../../support/children.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startServer } from "../../support/started-server.ts";

const sandbox = useSandbox();
const children = useChildren();
const WORKER = fileURLToPath(new URL("fixtures/counts-warm-ups.ts", import.meta.url));

function start(...flags: string[]) {
  const words = ["--port", "0", "--ipc", sandbox.path("s"), "--log-format", "json", "--log-level", "debug"];
  const command = `"${process.execPath}" "${WORKER}"`;
  words.push("--cluster", "--cluster-workers", "1", "--standbys", "1", "--worker-command", command, ...flags);
  return startServer(words, { cwd: sandbox.root, add: children.add });
}

async function ask(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return (await response.json()) as { readonly pid: number; readonly warmUps: readonly string[] };
}

test("a standby is asked for the paths of --standby-warm-up before it replaces a worker", async () => {
  const server = await start("--standby-warm-up", "/broken,/a?b=c,/large");
  await server.until(/worker 1 is warmed up/);
  expect(server.text()).toContain('"path":"/broken","failure":"status 500"');
  expect(server.text()).not.toContain('"path":"/a');
  expect(server.text()).not.toContain('"path":"/large');
  const url = `http://${server.address()}`;
  const active = await ask(url, { "x-xsys-warm-up": "1" });
  expect(active.warmUps).toEqual([]); // neither the active worker is warmed up, nor can a client mark a request
  sendSignal(active.pid, "SIGKILL");
  const { pid, warmUps } = await ask(url);
  expect(pid).not.toBe(active.pid);
  expect(warmUps).toEqual(["/broken", ...Array(10).fill("/a?b=c"), ...Array(10).fill("/large")]);
  await server.until(/worker 0 is warmed up/); // the next process of the killed worker
});

test("without the flag, a standby gets no request", async () => {
  const server = await start();
  const client = await connect({ socket: sandbox.path("s") });
  const members = async () => (await client.cluster.status()).members;
  await expect.poll(async () => (await members()).every(({ state }) => state === "ready")).toBe(true);
  const url = `http://${server.address()}`;
  const [active] = await members();
  sendSignal(active?.pid ?? 0, "SIGKILL");
  expect((await ask(url)).warmUps).toEqual([]);
  client.close();
});
