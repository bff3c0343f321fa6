import { getPriority } from "node:os";
import { describe, expect, test } from "vitest";
import { xyprissEnvironment } from "../../internal/cluster/xypriss-environment.ts";
import { signalProcess } from "../support/signal-process.ts";
import { script, worker } from "./support/options.ts";
import { gone, isRunning } from "./support/running.ts";
import { useScenes } from "./support/scene.ts";

const scenes = useScenes();

describe("a worker that dies", () => {
  test("is replaced at once, and the record tells of its end, its output and its requests", async () => {
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

  test("leaves the last lines that it printed", async () => {
    const lines = "for i in 1 2 3 4 5; do echo line $i of $$; done; echo why >&2; exit 7";
    const scene = scenes.start(script(lines), { respawn: false });
    await scene.said("worker 0 did not start: it exited with code 7; last output: .*");
    const [record] = scene.supervisor.crashes();
    expect(record).toMatchObject({ exit_code: 7, in_flight: 0, requests: [] });
    expect(record?.last_lines.toSorted()).toEqual(
      [1, 2, 3, 4, 5].map((i) => `line ${i} of ${record?.pid}`).concat("why"),
    );
  });

  test("of an error of Node's is told by that error, and not by what Node prints below it", async () => {
    const lines = ["throw Object.assign(new Error('boom'), {", "code: 'X', port: 1,", "})"].join("\n");
    const scene = scenes.start([process.execPath, "-e", lines], { respawn: false });
    await scene.said("worker 0 did not start: it exited with code 1; last output: Error: boom");
  });

  test("is left where it is without respawn", async () => {
    const scene = scenes.start(script("exit 0"), { respawn: false });
    await scene.said("worker 0 did not start: it exited with code 0$");
    expect(scene.states).toEqual(["crashed"]);
    expect(scene.supervisor.expectsWorker).toBe(false);
  });

  test("again and again after it got ready is not given up, for then whoever can crash it could end the service", async () => {
    const scene = scenes.start(worker("crashes"), { maxRestarts: 1 });
    for (let i = 0; i < 4; i++) void (await scene.channels.next()).request("/");
    for (let i = 0; i < 4; i++) await scene.said("worker 0 exited with code 1");
    await scene.channels.next();
    expect(scene.states).toEqual(["ready"]);
  });

  test("takes what it started with it", async () => {
    const scene = scenes.start(script("sleep 1000 & echo child $!; wait"), { readyWhen: "started" });
    const child = Number((await scene.printed(/child/)).split(" ").at(-1));
    signalProcess(scene.member("0").pid, "SIGKILL");
    await gone(child);
  });
});

describe("a worker that cannot start", () => {
  test("is tried again for ever, its state and the reason are shown, and it is ready once it can", async () => {
    const tries = 12; // more than the eight in a second that used to be the end of it
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

  test("says when it is started again", async () => {
    const scene = scenes.start(script("exit 1"), { backoff: { first: 60_000, most: 60_000, mostInService: 1 } });
    await expect.poll(() => scene.member("0").failed_starts, { timeout: 20_000 }).toBe(2);
    expect(scene.member("0")).toMatchObject({ state: "backing-off", next_start: expect.any(Number) });
    expect(scene.member("0").next_start).toBeGreaterThan(25);
    expect(scene.supervisor.states).toEqual({ "backing-off": 1 });
  });

  test("is told of again when another reason follows, and of the same one after it was ready", async () => {
    const text = "[ -e other ] && { echo other; exit 2; }; echo one; touch other; exit 1";
    const scene = scenes.start(script(text), { backoff: { first: 1, most: 1, mostInService: 1 } });
    await scene.said("last output: one");
    await scene.said("last output: other");
    expect(scene.log.all.filter(({ level }) => level > 40)).toHaveLength(2);
  });

  test("passes its output on as a repetition while the reason is a known one", async () => {
    const text = "echo try; echo 'Error: listen EADDRINUSE: address already in use 127.0.0.1:5432'; exit 1";
    const scene = scenes.start(script(text), { backoff: { first: 1, most: 1, mostInService: 1 } });
    await scene.printed("^0 stdout try$");
    await scene.printed("^repeat 0 stdout try$");
    expect(scene.member("0").reason).toContain("127.0.0.1:5432, which is in use");
  });

  test.each([
    ["no such program", ["/nowhere/at-all"], /\/nowhere\/at-all does not exist/],
    ["no such program, with a limit of descriptors", ["/nowhere/at-all"], /\/nowhere\/at-all does not exist/],
    ["an end at once", ["sh", "-c", "exit 3"], /it exited with code 3/],
  ] as const)("is given up after so many restarts, where that was asked for: %s", async (title, command, words) => {
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

  test("is told of an interpreter that is not there", async () => {
    const file = await scenes.sandbox.write("script", "#!/opt/none/x\n", 0o755);
    const scene = scenes.start([file], { respawn: false });
    await scene.said(/worker 0 did not start: the interpreter \/opt\/none\/x of .*script does not exist/);
  });

  test("is told of a folder that is not there", async () => {
    const scene = scenes.start(script("exit 0"), { cwd: await scenes.sandbox.write("file", ""), respawn: false });
    await scene.said(/worker 0 did not start: the working directory .*file of .*sh does not exist/);
  });

  test("is started again by hand when what was missing is there", async () => {
    const scene = scenes.start(script('[ -e fine ] || exit 1; exec "$@"', ...worker("sound")), { maxRestarts: 2 });
    await scene.said("no longer started");
    await expect(scene.supervisor.restart("0")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await scenes.sandbox.write("fine", "");
    await scene.supervisor.restart("0");
    expect(scene.states).toEqual(["ready"]);
  });

  test("leaves the others at work when it is given up alone", async () => {
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

describe("a worker that lives and is of no use", () => {
  test("closed its connection: it is told to end, and replaced before it has", async () => {
    const scene = scenes.start(worker("hangs-up"));
    const first = await scene.channels.next();
    await scene.channels.next();
    await scene.said("worker 0 closed its connection");
    expect(scene.supervisor.crashes().at(-1)).toMatchObject({ reason: "closed its connection", signal: "SIGTERM" });
    await gone(first.pid);
  });

  test("speaks no protocol: it is ended, and the record says why", async () => {
    const scene = scenes.start(worker("sound"));
    const first = await scene.channels.next();
    first.takeGarbage();
    await scene.channels.next();
    await scene.said("broke the protocol: a frame of size 0 contains no message");
    await gone(first.pid);
  });

  test("hangs: its connection is closed, it is killed, and the record says so", async () => {
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

describe("why a worker was lost, as its requests are concerned", () => {
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

  test("a closed connection, nonsense and a hang are its own, too", async () => {
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

  test("a signal from outside counts where the service was held up between the connection's end and the exit", async () => {
    const scene = scenes.start(worker("hangs-up"), { respawn: false });
    const { pid } = scene.member("0");
    if (pid === undefined) throw new Error("the worker was not started");
    await (await scene.channels.next()).whenClosed;
    const since = performance.now();
    process.kill(pid, "SIGKILL");
    while (isRunning(pid) || performance.now() - since < 300); // longer than the time that the exit is waited for
    expect(await scene.losses.next()).toBe("outside");
    await scene.said("worker 0 was ended by SIGKILL");
  });

  test("a stop is from outside, whatever it exits with", async () => {
    const scene = scenes.start(worker("sound"));
    await scene.channels.next();
    await scene.supervisor.stop();
    expect(await scene.losses.next()).toBe("outside");
  });
});

describe("who a worker is", () => {
  test("is told by its id where it sends no key, as XyPriss's workers do", async () => {
    const scene = scenes.start(worker("sound"), { env: { WITHOUT_KEY: "1" }, workers: 2 });
    const ids = [(await scene.channels.next()).id, (await scene.channels.next()).id];
    expect(ids.toSorted()).toEqual(["0", "1"]);
    await scene.supervisor.restart();
    expect(scene.states).toEqual(["ready", "ready"]);
    expect(scene.channels.all).toHaveLength(4);
  });

  test("that is none of its own is left to others", async () => {
    const scene = scenes.start(worker("sound"));
    await scene.channels.next();
    for (const id of ["0", "7", "master"]) scene.register(id);
    await scene.strangers.next(({ id }) => id === "master");
    expect(scene.strangers.all.map(({ id }) => id)).toEqual(["0", "7", "master"]);
  });
});

describe("what a worker is started with", () => {
  test("is the service's environment with its own, and nothing that ties it to the service's parent", async () => {
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

  test("is its limit of descriptors, and its priority", async () => {
    const options = { readyWhen: "started", fileDescriptors: 123, priority: 7 } as const;
    const scene = scenes.start(script("ulimit -n; exec sleep 1000"), options);
    expect(await scene.printed(/./)).toBe("0 stdout 123");
    expect(getPriority(scene.member("0").pid)).toBe(7);
  });

  test("goes on without a limit that cannot be had", async () => {
    const scene = scenes.start(script("exec sleep 1000"), { readyWhen: "started", fileDescriptors: 2 ** 40 });
    expect(await scene.printed("xsys")).toMatch(/0 stderr xsys: cannot set the descriptor limit to 1099511627776/);
    expect(scene.states).toEqual(["ready"]);
  });
});
