import { connect } from "node:http2";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { freePort } from "../../bench/free-port.ts";
import { ask } from "../support/ask.ts";
import {
  answersSockets,
  echoes,
  FRAMEWORKS,
  longAnswer,
  openWebSocket,
  postsJson,
  rendersPages,
  servesClients,
} from "../support/framework-checks.ts";
import { type InstalledFrameworks, installFrameworks } from "../support/installed-frameworks.ts";
import { createCertificate } from "./support/create-certificate.ts";
import { useStageOfFile } from "./support/stage.ts";
import { failures, failuresAtKills, type Subject, UnchangedApps } from "./support/unchanged-apps.ts";

/**
 * Applications written for real frameworks and for all ways to listen, which know nothing of xsys, under `xsys app start`:
 * all at the same time, behind one gateway. The tests build on each other.
 */

const INSTALLATION = 300_000;

let frameworks: InstalledFrameworks;
let metricsPort: number;
let long: Promise<void>;
let socket: WebSocket;
const stage = useStageOfFile();
const apps = new UnchangedApps(stage);

beforeAll(async () => {
  frameworks = await installFrameworks("keeper");
  await frameworks.nextIsBuilt;
  metricsPort = await freePort();
  createCertificate(stage.sandbox);
  await apps.start([...frameworkSubjects(), ...listeningSubjects()]);
  long = longAnswer(apps.portOf("express"));
  long.catch(() => {}); // awaited by a test
  socket = await openWebSocket(apps.portOf("sockets"));
}, INSTALLATION);

function frameworkSubjects(): Subject[] {
  const next = join(frameworks.folder, "node_modules/next/dist/bin/next");
  return [
    ...FRAMEWORKS.map(([name, file, env]) => ({
      ...{ name: idOf(name), words: [frameworks.app(file)], env, postPath: "/json" },
    })),
    ...([18, 22] as const).map((major) => ({
      name: `node-${major}`,
      words: [frameworks.app("express.cjs"), "--interpreter", frameworks.node(major) ?? ""],
      postPath: "/json",
    })),
    { name: "next", words: [next, "--cwd", frameworks.app("next"), "--", "start"], postPath: "/json" },
    // Polling clients of socket.io need one and the same process for all their requests.
    { name: "sockets", words: [frameworks.app("sockets.cjs")], clones: 1 },
  ];
}

function listeningSubjects(): Subject[] {
  return [
    { name: "cluster", words: ["cluster.cjs"] },
    { name: "metrics", words: ["metrics.mjs"], env: { METRICS_PORT: String(metricsPort) } },
    { name: "any-port", words: ["any-port.mjs"] },
    { name: "path", words: ["path.cjs"] },
    { name: "http2", words: ["http2.mjs"] },
    { name: "secure", words: ["secure.cjs"], scheme: "https", keepsConnections: false, listens: true },
  ];
}

function idOf(name: string): string {
  return name.replaceAll(" ", "-");
}

test("they answer as without xsys", async () => {
  const posting = [...FRAMEWORKS.map(([name]) => idOf(name)), "node-18", "node-22", "next"];
  for (const name of posting) await postsJson(apps.portOf(name));
  for (const [name] of FRAMEWORKS) expect((await ask(apps.portOf(idOf(name)), "/nowhere")).status).toBe(404);
  await rendersPages(apps.portOf("next"));
  await servesClients(apps.portOf("express"));
  await answersSockets(apps.portOf("sockets"), frameworks.folder);
  expect((await ask(metricsPort, "/")).body).toMatch(/^up\{pid="\d+"\} 1$/);
  expect((await apps.pids()).http2?.map(String)).toContain(await overHttp2(apps.portOf("http2")));
});

async function overHttp2(port: number): Promise<string> {
  const session = connect(`http://127.0.0.1:${port}`);
  const body = await text(session.request({ ":path": "/" }));
  session.close();
  return body;
}

test("only the app with TLS of its own accepts its connections itself", async () => {
  const faults = (await apps.status()).flatMap(({ name, faults }) => faults.map((fault) => [name, fault]));
  expect(faults).toEqual([["secure", expect.stringContaining("it uses TLS")]]);
});

test("a killed keeper costs no request, and a WebSocket goes on", async () => {
  const before = await apps.pids();
  const { pid = 0 } = (await stage.keeper()) ?? {};
  const death = async () => {
    process.kill(pid, "SIGKILL");
    await stage.keeperAfter(pid);
  };
  expect(failures(await apps.outcomes(death))).toEqual({});
  expect(await apps.pids()).toEqual(before);
  await echoes(socket, "after the death");
});

test("a restart costs no request of any method; a WebSocket and an answer of 30 s outlast it", async () => {
  const before = Object.values(await apps.pids()).flat();
  const [old = 0] = (await apps.pids()).sockets ?? [];
  const restarted = async () => {
    const done = apps.restart();
    done.catch(() => {}); // awaited below
    await expect
      .poll(async () => (await ask(apps.portOf("sockets"), "/")).body, { timeout: 30_000 })
      .not.toBe(`${old}`);
    await echoes(socket, "after the restart");
    socket.close();
    await done;
  };
  expect(failures(await apps.outcomes(restarted))).toEqual({});
  await long;
  const after = Object.values(await apps.pids()).flat();
  expect(after).toHaveLength(before.length);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
});

test("a killed process of each costs no request that may be repeated", async () => {
  expect(failuresAtKills(await apps.outcomes(() => apps.killOneOfEach()))).toEqual({});
});

test("a killed gateway is replaced; connections are not refused, and the clones stay", async () => {
  const before = await apps.pids();
  const gateway = stage.gateway();
  process.kill(gateway, "SIGKILL");
  expect(failures(await apps.outcomes(() => stage.gatewayAfter(gateway)))).toEqual({});
  expect(await apps.pids()).toEqual(before);
  for (const [name] of FRAMEWORKS) await postsJson(apps.portOf(idOf(name)));
  expect((await ask(metricsPort, "/")).body).toMatch(/^up/);
});
