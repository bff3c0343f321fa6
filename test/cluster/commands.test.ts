import { describe, expect, test } from "vitest";
import { SERVER_WORKERS, supervisorsOf } from "../../internal/cluster/supervisors.ts";
import { oneShotHost } from "../../internal/host/one-shot-host.ts";
import { Router } from "../../internal/host/router.ts";
import { type CommandName, contracts } from "../../protocol/commands/index.ts";
import { checkEvents, checkResult } from "../commands/ways.ts";
import { xsys } from "../support/command-line.ts";
import { fakeCall } from "../support/fake-call.ts";
import { startTestService } from "../support/service.ts";
import { Happenings } from "./support/happenings.ts";
import { script, worker } from "./support/options.ts";
import { isRunning } from "./support/running.ts";
import { type Scene, useScenes } from "./support/scene.ts";

const scenes = useScenes();

const COMMANDS = contracts.filter(({ module }) => module === "cluster");

interface Options {
  readonly signal?: AbortSignal;
  readonly events?: Happenings<unknown>;
}

/** Calls commands for the workers of a scene, and validates their results and events. */
function callerOf(scene: Scene) {
  const host = oneShotHost({ root: scenes.sandbox.root });
  supervisorsOf(host).set(SERVER_WORKERS, scene.supervisor);
  const router = new Router(host);
  return async (
    name: CommandName,
    params: object = {},
    { signal, events = new Happenings<unknown>() }: Options = {},
  ) => {
    const emit = async (event: unknown) => events.add(event);
    const call = fakeCall({ ...(signal && { signal }), events: { ready: true, emit } });
    const result = await router.call(name, params, call);
    checkResult(name, result);
    checkEvents(name, events.all);
    return { result, events: events.all };
  };
}

async function twoWorkers() {
  const scene = scenes.start(worker("sound"), { workers: 2, checkInterval: 20 });
  await scene.channels.next();
  await scene.channels.next();
  return { scene, call: callerOf(scene) };
}

test("status lists every worker", async () => {
  const { scene, call } = await twoWorkers();
  await expect.poll(() => scene.member("1").memory).toBeGreaterThan(1_000_000);
  const { result } = await call("cluster.status");
  expect(result).toMatchObject({ workers: 2, ready: 2, standbys: 0, restarts: 0, crashes: 0 });
  expect(result).toHaveProperty("members", [
    expect.objectContaining({ id: "0", role: "active", state: "ready", in_flight: 0, restarts: 0, replacing: false }),
    expect.objectContaining({ id: "1", pid: expect.any(Number), uptime: expect.any(Number), cpu: expect.any(Number) }),
  ]);
});

test("restart sends an event for each replaced worker, and can be cancelled between workers", async () => {
  const { scene, call } = await twoWorkers();
  const { result, events } = await call("cluster.restart");
  const pids = scene.supervisor.status().members.map(({ pid }) => pid);
  expect({ result, events }).toEqual({
    result: { replaced: 2 },
    events: [
      { id: "0", pid: pids[0] },
      { id: "1", pid: pids[1] },
    ],
  });
  await expect(call("cluster.restart", {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "CANCELLED",
  });
  expect(scene.supervisor.restarts).toBe(2);
});

test("stop ends one worker, and restart starts it again", async () => {
  const { scene, call } = await twoWorkers();
  const { pid } = scene.member("1");
  await call("cluster.stop", { id: "1" });
  expect([isRunning(pid), scene.states]).toEqual([false, ["ready", "stopped"]]);
  await call("cluster.restart", { id: "1" });
  expect(scene.states).toEqual(["ready", "ready"]);
  await expect(call("cluster.stop", { id: "9" })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("logs returns the last lines of all workers or of one, and follows new lines", async () => {
  const scene = scenes.start(script("echo old $XYPRISS_WORKER_ID; until [ -e go ]; do sleep 0.02; done; echo new"), {
    workers: 2,
    readyWhen: "started",
    respawn: false,
  });
  const call = callerOf(scene);
  await scene.printed("old");
  await scene.printed("old");
  const { result, events } = await call("cluster.logs");
  expect(result).toEqual({ lines: 2, skipped: 0 });
  expect(events.map((event) => (event as { line: string }).line).toSorted()).toEqual(["old 0", "old 1"]);
  const over = new AbortController();
  const lines = new Happenings<unknown>();
  const following = call("cluster.logs", { id: "1", lines: 0, follow: true }, { signal: over.signal, events: lines });
  await scenes.sandbox.write("go", "");
  await lines.next();
  over.abort();
  expect((await following).events).toEqual([expect.objectContaining({ id: "1", stream: "stdout", line: "new" })]);
});

test("crashes returns the latest crashes first, up to the limit", async () => {
  const scene = scenes.start(script("echo dying; exit 5"), { maxRestarts: 3 });
  await scene.said("no longer started");
  const { result } = await callerOf(scene)("cluster.crashes", { limit: 3 });
  const each = { id: "0", exit_code: 5, reason: "exited with code 5", last_lines: ["dying"], in_flight: 0 };
  expect(result).toMatchObject([each, each, each]);
});

describe("every example succeeds", () => {
  const cases = COMMANDS.flatMap(({ name, examples }) => examples.map(({ title, params }) => [name, title, params]));

  test.each(cases as [CommandName, string, object][])("%s: %s", async (name, _title, params) => {
    const { call } = await twoWorkers();
    await expect(call(name, params)).resolves.toBeDefined();
  });
});

test("the status command reports a service without workers", async () => {
  const service = await startTestService();
  try {
    const { status, stderr } = await xsys(["--connect", service.socket, "cluster", "status"]);
    expect({ status, stderr }).toMatchObject({ status: 69, stderr: expect.stringContaining("without --cluster") });
  } finally {
    service.stop(true);
    await service.ended;
  }
});
