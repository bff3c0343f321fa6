import { getPriority } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { xyprissEnvironment } from "../../internal/cluster/xypriss-environment.ts";
import { signalProcess } from "../support/signal-process.ts";
import { script, worker } from "./support/options.ts";
import { gone, isRunning } from "./support/running.ts";
import { useScenes } from "./support/scene.ts";

const scenes = useScenes();
afterEach(() => {
  vi.useRealTimers();
});

describe("a worker that dies", () => {
  test("is replaced at once, and the crash record has its exit, its output and its requests", async () => {
    const scene = scenes.start(worker("answers-on-release"));
    const first = await scene.channels.next();
    for (let i = 0; i < 12; i++) void first.request(`/${i}`);
    signalProcess(first.pid, "SIGKILL");
    const second = await scene.channels.next();
    expect(second.pid).not.toBe(first.pid);
    expect([first.told, second.told]).toEqual([["active", "idle"], ["active"]]);
    await scene.said("worker 0 was ended by SIGKILL");
    const [record] = scene.supervisor.crashes();
    expect(record).toMatchObject({ id: "0", pid: first.pid, signal: "SIGKILL", reason: "was ended by SIGKILL" });
    expect(record?.in_flight).toBe(12);
    expect(record?.requests.map(({ path }) => path)).toEqual(Array.from({ length: 10 }, (_, i) => `/${i}`));
    expect(scene.supervisor).toMatchObject({ restarts: 1, expectsWorker: true });
  });

  test("is replaced without a timer, which would take a millisecond or more", async () => {
    const scene = scenes.start(worker("sound"));
    const first = await scene.channels.next();
    vi.useFakeTimers({ toFake: ["setTimeout"] }); // none of them ends
    signalProcess(first.pid, "SIGKILL");
    expect((await scene.channels.next()).pid).not.toBe(first.pid);
  });

  test("has its last lines of output in the crash record", async () => {
    const lines = "for i in 1 2 3 4 5; do echo line $i of $$; done; echo why >&2; exit 7";
    const scene = scenes.start(script(lines), { respawn: false });
    await scene.said("worker 0 did not start: it exited with code 7; last output: .*");
    const [record] = scene.supervisor.crashes();
    expect(record).toMatchObject({ exit_code: 7, in_flight: 0, requests: [] });
    expect(record?.last_lines.toSorted()).toEqual(
      [1, 2, 3, 4, 5].map((i) => `line ${i} of ${record?.pid}`).concat("why"),
    );
  });

  test("with a Node error is logged with that error, not with what Node prints below it", async () => {
    const lines = ["throw Object.assign(new Error('boom'), {", "code: 'X', port: 1,", "})"].join("\n");
    const scene = scenes.start([process.execPath, "-e", lines], { respawn: false });
    await scene.said("worker 0 did not start: it exited with code 1; last output: Error: boom");
  });

  test("is not restarted without respawn", async () => {
    const scene = scenes.start(script("exit 0"), { respawn: false });
    await scene.said("worker 0 did not start: it exited with code 0$");
    expect(scene.states).toEqual(["crashed"]);
    expect(scene.supervisor.expectsWorker).toBe(false);
  });

  test("repeatedly after it was ready is always restarted, or else a client could stop the service", async () => {
    const scene = scenes.start(worker("crashes"), { maxRestarts: 1 });
    for (let i = 0; i < 4; i++) void (await scene.channels.next()).request("/");
    for (let i = 0; i < 4; i++) await scene.said("worker 0 exited with code 1");
    await scene.channels.next();
    expect(scene.states).toEqual(["ready"]);
  });

  test("takes its child processes with it", async () => {
    const scene = scenes.start(script("sleep 1000 & echo child $!; wait"), { readyWhen: "started" });
    const child = Number((await scene.printed(/child/)).split(" ").at(-1));
    signalProcess(scene.member("0").pid, "SIGKILL");
    await gone(child);
  });
});

describe("a worker that cannot start", () => {
  test("is retried without limit, shows its state and reason, and becomes ready once it can start", async () => {
    const tries = 12; // more than the former limit of eight starts per second
    const text = '[ -e fine ] || { echo no database >&2; echo x >> tries; exit 1; }; exec "$@"';
    const scene = scenes.start(script(text, ...worker("sound")), { backoff: { first: 1, most: 5, mostInService: 5 } });
    await scene.said("did not start: it exited with code 1; last output: no database .it is retried");
    const tried = async () => (await scenes.sandbox.read("tries")).length / 2;
    await expect.poll(tried, { timeout: 20_000 }).toBeGreaterThan(tries);
    expect(["backing-off", "starting"]).toContain(scene.states[0]);
    const { failed_starts, reason } = scene.member("0");
    expect(failed_starts).toBeGreaterThanOrEqual(tries - 1);
    expect(reason).toBe("it exited with code 1; last output: no database");
    expect(scene.supervisor.expectsWorker).toBe(true);
    await scenes.sandbox.write("fine", "");
    await scene.channels.next();
    await scene.said("worker 0 is ready");
    expect(scene.member("0")).toMatchObject({ state: "ready", failed_starts: 0 });
    expect(scene.member("0").reason).toBeUndefined();
    const told = scene.log.all.filter(({ level, msg }) => level > 20 && msg.includes("did not start"));
    expect(told, "the same reason is told once").toHaveLength(1);
  });

  test("shows when it is started next", async () => {
    const scene = scenes.start(script("exit 1"), { backoff: { first: 60_000, most: 60_000, mostInService: 1 } });
    await expect.poll(() => scene.member("0").failed_starts, { timeout: 20_000 }).toBe(2);
    expect(scene.member("0")).toMatchObject({ state: "backing-off", next_start: expect.any(Number) });
    expect(scene.member("0").next_start).toBeGreaterThan(25);
    expect(scene.supervisor.states).toEqual({ "backing-off": 1 });
  });

  test("is logged again when the reason changes", async () => {
    const text = "[ -e other ] && { echo other; exit 2; }; echo one; touch other; exit 1";
    const scene = scenes.start(script(text), { backoff: { first: 1, most: 1, mostInService: 1 } });
    await scene.said("last output: one");
    await scene.said("last output: other");
    expect(scene.log.all.filter(({ level }) => level > 40)).toHaveLength(2);
  });

  test("has its output marked as repeated while the reason is a known one", async () => {
    const text = "echo try; echo 'Error: listen EADDRINUSE: address already in use 127.0.0.1:5432'; exit 1";
    const scene = scenes.start(script(text), { backoff: { first: 1, most: 1, mostInService: 1 } });
    await scene.printed("^0 stdout try$");
    await scene.printed("^repeat 0 stdout try$");
    expect(scene.member("0").reason).toContain("127.0.0.1:5432, which is in use");
  });

  test.each([
    ["the program does not exist", ["/nowhere/at-all"], /\/nowhere\/at-all does not exist/],
    [
      "the program does not exist, with a limit of descriptors",
      ["/nowhere/at-all"],
      /\/nowhere\/at-all does not exist/,
    ],
    ["it exits at once", ["sh", "-c", "exit 3"], /it exited with code 3/],
  ] as const)("is abandoned after `maxRestarts` restarts, if that is set: %s", async (title, command, words) => {
    const limits = title.includes("descriptors") ? { fileDescriptors: 256 } : {};
    const scene = scenes.start(command as unknown as [string], { maxRestarts: 3, ...limits });
    const { msg } = await scene.said("no longer started");
    expect(msg).toMatch(words);
    expect(msg).toContain("4 consecutive failed starts");
    expect(scene.states).toEqual(["hopeless"]);
    expect(scene.member("0").reason).toMatch(words);
    expect(scene.supervisor.crashes().map(({ cause }) => cause)).toEqual(Array(4).fill(expect.stringMatching(words)));
    expect(scene.supervisor.expectsWorker).toBe(false);
    expect(scene.givenUp).toEqual([expect.stringMatching(words)]);
  });

  test("is logged with the interpreter that does not exist", async () => {
    const file = await scenes.sandbox.write("script", "#!/opt/none/x\n", 0o755);
    const scene = scenes.start([file], { respawn: false });
    await scene.said(/worker 0 did not start: the interpreter \/opt\/none\/x of .*script does not exist/);
  });

  test("is logged with the working directory that does not exist", async () => {
    const scene = scenes.start(script("exit 0"), { cwd: await scenes.sandbox.write("file", ""), respawn: false });
    await scene.said(/worker 0 did not start: the working directory .*file of .*sh does not exist/);
  });

  test("can be started by hand once the missing file exists", async () => {
    const scene = scenes.start(script('[ -e fine ] || exit 1; exec "$@"', ...worker("sound")), { maxRestarts: 2 });
    await scene.said("no longer started");
    await expect(scene.supervisor.restart("0")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await scenes.sandbox.write("fine", "");
    await scene.supervisor.restart("0");
    expect(scene.states).toEqual(["ready"]);
  });

  test("does not affect the other workers when it is abandoned", async () => {
    const text = '[ "$XYPRISS_WORKER_ID" = 1 ] && exit 1; exec "$@"';
    const scene = scenes.start(script(text, ...worker("sound")), { workers: 2, maxRestarts: 1 });
    await scene.channels.next();
    await scene.said("worker 1 is no longer started");
    expect(scene.givenUp).toEqual([]);
  });

  test("is killed when it does not register in time", async () => {
    const scene = scenes.start(script("exec sleep 1000"), { readyTimeout: 50, respawn: false });
    await scene.said("worker 0 did not start: it was not ready within 50 ms");
    await gone(scene.supervisor.crashes()[0]?.pid);
  });
});

describe("a worker that runs but does not work", () => {
  test("and closed its connection is asked to end, and replaced before it has ended", async () => {
    const scene = scenes.start(worker("hangs-up"));
    const first = await scene.channels.next();
    await scene.channels.next();
    await scene.said("worker 0 closed its connection");
    expect(scene.supervisor.crashes().at(-1)).toMatchObject({ reason: "closed its connection", signal: "SIGTERM" });
    await gone(first.pid);
  });

  test("and violates the protocol is ended, and the crash record has the reason", async () => {
    const scene = scenes.start(worker("sound"));
    const first = await scene.channels.next();
    first.takeGarbage();
    await scene.channels.next();
    await scene.said("broke the protocol: a frame of size 0 contains no message");
    await gone(first.pid);
  });

  test("and hangs is disconnected and killed, and the crash record has the reason", async () => {
    const scene = scenes.start(worker("hangs"), { pingInterval: 20, pingTimeout: 300 });
    const first = await scene.channels.next();
    await first.answered.next();
    void first.request("/for-ever");
    await scene.channels.next();
    await scene.said("worker 0 hung: it did not answer a ping for 300 ms");
    expect(scene.supervisor.crashes().at(-1)).toMatchObject({ pid: first.pid, in_flight: 1, signal: "SIGKILL" });
    expect(first.isClosed).toBe(true);
  });
});

describe("the cause of a lost worker, as reported to the pool", () => {
  test.each([
    ["an exit", "exit 3", "own"],
    ["a crash", "kill -s SEGV $$", "own"],
    ["an abort", "kill -s ABRT $$", "own"],
    ["kill -9", "kill -s KILL $$", "outside"],
    ["SIGTERM", "kill -s TERM $$", "outside"],
    ["a shell whose program was killed", "exit 137", "outside"],
  ] as const)("%s", async (_what, end, loss) => {
    const text = '"$@" & until [ -e go ]; do sleep 0.02; done; kill -9 $!; ';
    const scene = scenes.start(script(`${text}${end}`, ...worker("sound")), { respawn: false });
    await scene.channels.next();
    await scenes.sandbox.write("go", "");
    expect(await scene.losses.next()).toBe(loss);
  });

  test("is its own for a closed connection, a protocol error or a hang", async () => {
    const closed = scenes.start(worker("hangs-up"), { respawn: false });
    expect(await closed.losses.next()).toBe("own");
    const mad = scenes.start(worker("sound"), { respawn: false });
    (await mad.channels.next()).takeGarbage();
    expect(await mad.losses.next()).toBe("own");
    const hung = scenes.start(worker("hangs"), { respawn: false, pingInterval: 20, pingTimeout: 300 });
    const channel = await hung.channels.next();
    await channel.answered.next();
    void channel.request("/for-ever");
    expect(await hung.losses.next()).toBe("own");
  });

  test("is outside for an external signal, even if the service was blocked until the exit", async () => {
    const scene = scenes.start(worker("hangs-up"), { respawn: false });
    const { pid } = scene.member("0");
    if (pid === undefined) throw new Error("the worker was not started");
    await (await scene.channels.next()).whenClosed;
    const since = performance.now();
    process.kill(pid, "SIGKILL");
    while (isRunning(pid) || performance.now() - since < 300); // longer than the supervisor waits for the exit
    expect(await scene.losses.next()).toBe("outside");
    await scene.said("worker 0 was ended by SIGKILL");
  });

  test("is outside for a stop, whatever the exit code", async () => {
    const scene = scenes.start(worker("sound"));
    await scene.channels.next();
    await scene.supervisor.stop();
    expect(await scene.losses.next()).toBe("outside");
  });
});

describe("the identity of a worker", () => {
  test("is its id if it sends no key, as with XyPriss's workers", async () => {
    const scene = scenes.start(worker("sound"), { env: { WITHOUT_KEY: "1" }, workers: 2 });
    const ids = [(await scene.channels.next()).id, (await scene.channels.next()).id];
    expect(ids.toSorted()).toEqual(["0", "1"]);
    await scene.supervisor.restart();
    expect(scene.states).toEqual(["ready", "ready"]);
    expect(scene.channels.all).toHaveLength(4);
  });

  test("is not accepted if the supervisor did not start it", async () => {
    const scene = scenes.start(worker("sound"));
    await scene.channels.next();
    for (const id of ["0", "7", "master"]) scene.register(id);
    await scene.strangers.next(({ id }) => id === "master");
    expect(scene.strangers.all.map(({ id }) => id)).toEqual(["0", "7", "master"]);
  });
});

describe("the start of a worker", () => {
  test("passes on the service's environment and its own variables, but no IPC channel of the service's parent", async () => {
    process.env.NODE_CHANNEL_FD = "3";
    try {
      const options = { readyWhen: "started", env: { OWN: "1" }, ...xyprissEnvironment({ maxCpu: 80 }) } as const;
      const scene = scenes.start(script("env; echo end"), options);
      await scene.printed(/end$/);
      const env = scene.lines.all.map((line) => line.replace("0 stdout ", ""));
      const expected = ["XYPRISS_WORKER_ID=0", "XYPRISS_MAX_CPU=80", "NODE_ENV=production", "NO_COLOR=1", "OWN=1"];
      expect(env).toEqual(expect.arrayContaining([...expected, `PATH=${process.env.PATH}`]));
      expect(env.filter((line) => line.startsWith("NODE_CHANNEL"))).toEqual([]);
    } finally {
      delete process.env.NODE_CHANNEL_FD;
    }
  });

  test("sets the descriptor limit and the priority", async () => {
    const options = { readyWhen: "started", fileDescriptors: 123, priority: 7 } as const;
    const scene = scenes.start(script("ulimit -n; exec sleep 1000"), options);
    expect(await scene.printed(/./)).toBe("0 stdout 123");
    expect(getPriority(scene.member("0").pid)).toBe(7);
  });

  test("succeeds without a limit that cannot be set", async () => {
    const scene = scenes.start(script("exec sleep 1000"), { readyWhen: "started", fileDescriptors: 2 ** 40 });
    expect(await scene.printed("xsys")).toMatch(/0 stderr xsys: cannot set the descriptor limit to 1099511627776/);
    expect(scene.states).toEqual(["ready"]);
  });
});
