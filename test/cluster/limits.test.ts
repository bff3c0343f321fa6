import { describe, expect, test } from "vitest";
import { script, worker } from "./support/options.ts";
import { isRunning } from "./support/running.ts";
import { useScenes } from "./support/scene.ts";

const scenes = useScenes();
const MEGABYTE = 1_048_576;

describe("a worker above its memory limit", () => {
  test("is logged once and asked to collect garbage", async () => {
    const scene = scenes.start(worker("leaks"), { maxMemory: 200 * MEGABYTE, checkInterval: 20 });
    const leaking = await scene.channels.next();
    void leaking.request("/");
    const { msg } = await scene.said("worker 0 uses");
    expect(msg).toMatch(/^worker 0 uses \d+ MB of memory, over its limit of 200 MB$/);
    await scene.printed("collects garbage, and has 1");
    await scene.printed("collects garbage, and has 1");
    expect(scene.log.all.filter(({ msg }) => msg.startsWith("worker 0 uses"))).toHaveLength(1);
    expect(scene.member("0").memory).toBeGreaterThan(200 * MEGABYTE);
  });

  test("is replaced when its successor is ready, if the limit is hard", async () => {
    const scene = scenes.start(worker("leaks"), { maxMemory: 200 * MEGABYTE, checkInterval: 20, hardLimits: true });
    const leaking = await scene.channels.next();
    void leaking.request("/");
    await scene.said("worker 0 uses .* MB of memory, over its limit of 200 MB: it is replaced");
    const next = await scene.channels.next();
    expect([next.told, isRunning(leaking.pid)]).toEqual([["active"], true]);
    await leaking.drains.next();
    expect(scene.supervisor.crashes()).toEqual([]);
  });

  test("continues if its successor fails, and the replacement is not retried at every check", async () => {
    const leaking = script('[ -e old ] && exit 1; touch old; exec "$@"', ...worker("leaks"));
    const scene = scenes.start(leaking, { maxMemory: 200 * MEGABYTE, checkInterval: 10, hardLimits: true });
    const first = await scene.channels.next();
    void first.request("/");
    await scene.said("worker 0 was not replaced: the new process did not start: it exited with code 1");
    for (let i = 0; i < 3; i++) await scene.printed("collects garbage");
    expect([scene.states, scene.supervisor.restarts]).toEqual([["ready"], 1]);
  });

  test("is also detected when its child processes use the memory", async () => {
    const child = `${process.execPath} -e "const a = Buffer.alloc(${256 * MEGABYTE}, 1); setInterval(() => a, 1e9)"`;
    const options = { maxMemory: 200 * MEGABYTE, checkInterval: 20, readyWhen: "started" } as const;
    const scene = scenes.start(script(`${child} & wait`), options);
    await scene.said("worker 0 uses");
  });
});

test("a worker above its CPU limit is logged after three checks", async () => {
  const options = { maxCpu: 5, checkInterval: 30, readyWhen: "started" } as const;
  const scene = scenes.start(script("while :; do :; done"), options);
  expect((await scene.said("worker 0 uses")).msg).toMatch(
    /^worker 0 uses \d+ % of a processor, over its limit of 5 %$/,
  );
});

test("workers that are together near their memory limit are asked to collect garbage, which is logged once", async () => {
  const options = { maxMemory: 150 * MEGABYTE, checkInterval: 20, workers: 2, intelligence: true };
  const scene = scenes.start(worker("leaks"), options);
  const [first, second] = [await scene.channels.next(), await scene.channels.next()];
  void first.request("/");
  expect((await scene.said("the workers use")).msg).toMatch(/^the workers use \d+ MB, \d+ % of their limit$/);
  await scene.printed(new RegExp(`^${second.id} stdout collects garbage, and has 0`));
  await scene.printed(new RegExp(`^${second.id} stdout collects garbage, and has 0`));
  expect(scene.log.all.filter(({ msg }) => msg.startsWith("the workers use"))).toHaveLength(1);
});
