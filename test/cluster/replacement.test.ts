import { describe, expect, test } from "vitest";
import { signalProcess } from "../support/signal-process.ts";
import type { Channel } from "./support/channel.ts";
import { script, worker } from "./support/options.ts";
import { gone, isRunning } from "./support/running.ts";
import { useScenes } from "./support/scene.ts";

const scenes = useScenes();

describe("a rolling restart", () => {
  test("ends the old workers one by one, each when its successor is ready and its requests are answered", async () => {
    const scene = scenes.start(worker("answers-on-release"), { workers: 2 });
    const old = [await scene.channels.next(), await scene.channels.next()].toSorted(byId);
    const answers = old.map((channel) => channel.request("/held"));
    const restarted = scene.supervisor.restart();
    const first = await scene.channels.next();
    expect(first.id).toBe("0");
    await old[0]?.drains.next();
    expect([first.told, old[0]?.told, old[1]?.told]).toEqual([["active"], ["active", "drain"], ["active"]]);
    expect(old.map(({ pid }) => isRunning(pid))).toEqual([true, true]);
    void old[0]?.request("/release");
    await answers[0];
    const second = await scene.channels.next();
    expect([second.id, isRunning(old[0]?.pid)]).toEqual(["1", false]);
    await old[1]?.drains.next();
    void old[1]?.request("/release");
    await Promise.all([...answers, restarted]);
    expect(old.map(({ pid }) => isRunning(pid))).toEqual([false, false]);
    expect(scene.supervisor.status()).toMatchObject({ ready: 2, restarts: 2, crashes: 0 });
  });

  test("ends a worker that has not answered when the drain timeout expires", async () => {
    const scene = scenes.start(worker("answers-on-release"), { drainTimeout: 50 });
    const old = await scene.channels.next();
    void old.request("/never");
    await scene.supervisor.restart();
    expect(isRunning(old.pid)).toBe(false);
    expect(scene.supervisor.crashes()).toEqual([]);
  });

  test("stops at a successor that fails; the old worker and all that follow keep running", async () => {
    const scene = scenes.start(script('[ -e broken ] && exit 9; exec "$@"', ...worker("sound")), { workers: 2 });
    const old = [await scene.channels.next(), await scene.channels.next()];
    await scenes.sandbox.write("broken", "");
    await expect(scene.supervisor.restart()).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "worker 0 was not replaced: the new process did not start: it exited with code 9",
    });
    expect(old.map(({ told }) => told)).toEqual([["active"], ["active"]]);
    await Promise.all(old.map((channel) => channel.request("/")));
    expect(scene.supervisor.status()).toMatchObject({ ready: 2, restarts: 1 });
    await scene.said("the replacement of worker 0 did not start: it exited with code 9");
  });

  test("continues with the successor of a worker that dies meanwhile", async () => {
    const slow = script('[ -e old ] && until [ -e go ]; do sleep 0.02; done; touch old; exec "$@"', ...worker("sound"));
    const scene = scenes.start(slow);
    const old = await scene.channels.next();
    const restarted = scene.supervisor.restart();
    signalProcess(old.pid, "SIGKILL");
    await scene.said("worker 0 was ended by SIGKILL");
    expect([scene.states, scene.supervisor.restarts]).toEqual([["starting"], 1]);
    await scenes.sandbox.write("go", "");
    await restarted;
    expect([scene.states, scene.supervisor.restarts]).toEqual([["ready"], 1]);
  });

  test("skips a stopped worker, unless the restart is for that worker", async () => {
    const scene = scenes.start(worker("sound"), { workers: 2 });
    const workers = [await scene.channels.next(), await scene.channels.next()].toSorted(byId);
    await scene.supervisor.stopMember("1");
    expect([scene.states, isRunning(workers[1]?.pid)]).toEqual([["ready", "stopped"], false]);
    await scene.supervisor.restart();
    expect([scene.states, isRunning(workers[0]?.pid)]).toEqual([["ready", "stopped"], false]);
    await scene.supervisor.restart("1");
    expect(scene.states).toEqual(["ready", "ready"]);
    await expect(scene.supervisor.restart("2")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(scene.supervisor.stopMember("2")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a standby", () => {
  test("is ready and idle until a worker dies; then it becomes active, and the new one is the standby", async () => {
    const scene = scenes.start(worker("sound"), { workers: 1, standbys: 1 });
    const [active, standby] = [await scene.channels.next(), await scene.channels.next()].toSorted(byId);
    expect([active?.told, standby?.told]).toEqual([["active"], ["idle", "warm-up"]]);
    signalProcess(active?.pid, "SIGKILL");
    await scene.said("worker 1 takes the place of worker 0");
    expect(standby?.told).toEqual(["idle", "warm-up", "active"]);
    const next = await scene.channels.next();
    expect([next.id, next.told]).toEqual(["0", ["idle", "warm-up"]]);
    const roles = scene.supervisor.status().members.map(({ id, role, state }) => [id, role, state]);
    expect(roles).toEqual([
      ["0", "standby", "ready"],
      ["1", "active", "ready"],
    ]);
  });

  test("takes the place of a worker that is stopped", async () => {
    const scene = scenes.start(worker("sound"), { workers: 1, standbys: 1 });
    await scene.channels.next();
    await scene.channels.next();
    await scene.supervisor.stopMember("0");
    expect(scene.supervisor.status()).toMatchObject({ ready: 1, workers: 1, standbys: 1 });
    expect(scene.member("1")).toMatchObject({ role: "active" });
  });
});

describe("stopping", () => {
  test("ends all workers, and no more are expected", async () => {
    const scene = scenes.start(worker("sound"), { workers: 2, standbys: 1 });
    const workers = [await scene.channels.next(), await scene.channels.next(), await scene.channels.next()];
    await scene.supervisor.stop();
    expect(workers.map(({ pid }) => isRunning(pid))).toEqual([false, false, false]);
    expect(scene.supervisor).toMatchObject({ expectsWorker: false, restarts: 0 });
    expect(scene.supervisor.crashes()).toEqual([]);
    await expect(scene.supervisor.restart()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("kills a worker that ignores SIGTERM, and its child processes", async () => {
    const scene = scenes.start(worker("stubborn"), { stopTimeout: 100 });
    const deaf = await scene.channels.next();
    const child = Number((await scene.printed("child")).split(" ").at(-1));
    expect(isRunning(child)).toBe(true);
    await scene.supervisor.stop();
    expect([deaf.pid, child].map(isRunning)).toEqual([false, false]);
    await scene.said(`process ${deaf.pid} did not end within 100 ms: killed`);
  });

  test("waits for processes that a worker left behind", async () => {
    const child = "\"trap 'sleep 0.2; touch done; exit' TERM; echo up; while :; do sleep 0.01; done\"";
    const scene = scenes.start(script(`sh -c ${child} & wait`), { readyWhen: "started" });
    await scene.printed("up");
    await scene.supervisor.stop();
    expect(await scenes.sandbox.read("done")).toBe("");
  });

  test("with force kills at once, also when a stop is already in progress", async () => {
    const scene = scenes.start(worker("stubborn"));
    const deaf = await scene.channels.next();
    void deaf.request("/never");
    const stopped = scene.supervisor.stop();
    await deaf.drains.next();
    await scene.supervisor.stop(true);
    await stopped;
    await gone(deaf.pid);
  });

  test("ends workers that are starting, and those that wait for their next start", async () => {
    const slow = scenes.start(script("sleep 1000"), { workers: 2 });
    await slow.supervisor.stop();
    const dying = scenes.start(script("exit 1"), { backoff: { first: 60_000, most: 60_000, mostInService: 1 } });
    await dying.said("worker 0 did not start");
    await dying.said("worker 0 did not start");
    await dying.supervisor.stop();
    expect([slow.states, dying.states]).toEqual([["stopped", "stopped"], ["stopped"]]);
  });
});

function byId(a: Channel, b: Channel): number {
  return Number(a.id) - Number(b.id);
}
