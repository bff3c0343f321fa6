import { PassThrough, type Readable } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { WorkerChannel } from "../../internal/workers/channel.ts";
import type { Failure, Job } from "../../internal/workers/job.ts";
import { MAX_WAITING } from "../../internal/workers/waiting-jobs.ts";
import { type PoolOptions, WorkerPool } from "../../internal/workers/worker-pool.ts";
import { FakeWorker } from "./fake-worker.ts";

const pools: WorkerPool[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
  vi.useRealTimers();
});

/** A pool that expects workers, so that jobs wait for one. */
function startPool(options: Partial<PoolOptions> = {}, expectsWorker = true): WorkerPool {
  const log = pino({ level: "silent" });
  const pool = new WorkerPool({
    strategy: "round-robin",
    timeout: 0,
    queueTimeout: 10_000,
    maxFrame: 1_000_000,
    log,
    onRoutes: () => {},
    ...options,
  });
  pool.source = { adopt: () => undefined, expectsWorker, pending: 0 };
  pools.push(pool);
  return pool;
}

class FakeJob implements Job {
  readonly request: Job["request"];
  readonly client = "127.0.0.1";
  readonly isDone = false;
  readonly upgrade: boolean;
  place: Job["place"];
  readonly mayRepeat = true;
  became: Failure | number | undefined;

  readonly input: Job["input"];

  constructor(url = "/", upgrade = false, input?: Readable) {
    this.input = input;
    this.request = { method: "GET", url, headers: {}, query: {}, params: {}, remoteAddr: "a", localAddr: "b" };
    this.upgrade = upgrade;
  }

  answered({ status }: { status: number }): void {
    this.became = status;
  }

  failed(failure: Failure): void {
    this.became = failure;
  }
}

function assigned(pool: WorkerPool, ...jobs: FakeJob[]): FakeJob[] {
  for (const job of jobs) pool.assign(job);
  return jobs;
}

describe("jobs wait", () => {
  test("for a worker, in order of arrival, without those that were abandoned", () => {
    const pool = startPool();
    const [, second] = assigned(pool, new FakeJob("/1"), new FakeJob("/2"), new FakeJob("/3"));
    pool.abandon(second as FakeJob);
    expect(pool.waiting).toBe(2);
    const worker = FakeWorker.join(pool);
    expect(worker.asked.map(({ url }) => url)).toEqual(["/1", "/3"]);
    expect(pool.waiting).toBe(0);
  });

  test("while the only worker has too much unread data", () => {
    vi.useFakeTimers();
    const pool = startPool();
    const worker = FakeWorker.join(pool);
    worker.unsent = 64 * 1024 * 1024;
    assigned(pool, new FakeJob("/later"));
    expect(pool.waiting).toBe(1);
    worker.unsent = 0;
    vi.advanceTimersByTime(100);
    expect(worker.asked.map(({ url }) => url)).toEqual(["/later"]);
  });

  test("with their bodies, which are sent no faster than the worker reads", async () => {
    const pool = startPool();
    const worker = FakeWorker.join(pool, { id: "0", streams: true });
    const input = new PassThrough();
    assigned(pool, new FakeJob("/upload", false, input));
    await expect.poll(() => worker.asked.length).toBe(1);
    worker.unsent = 64 * 1024 * 1024;
    input.write("some");
    await expect.poll(() => input.readableLength).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    worker.writer.flush();
    expect(worker.bytes).toBe(0);
    worker.unsent = 0;
    await expect.poll(() => worker.bytes).toBe(4);
  });

  test("for the first ready worker, and waiters that timed out are dropped", async () => {
    vi.useFakeTimers();
    const pool = startPool({ queueTimeout: 1_000 });
    const tooLate = pool.firstReady();
    vi.advanceTimersByTime(1_000);
    await tooLate;
    const inTime = pool.firstReady();
    FakeWorker.join(pool);
    await inTime;
    expect(vi.getTimerCount(), "the pool's own is left").toBe(1);
    void pool.firstReady();
    pool.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("at most for the queue timeout", () => {
    vi.useFakeTimers();
    const [job] = assigned(startPool({ queueTimeout: 5_000 }), new FakeJob());
    vi.advanceTimersByTime(4_900);
    expect(job?.became).toBeUndefined();
    vi.advanceTimersByTime(200);
    expect(job?.became).toBe("no-worker");
  });

  test("only for a moment if no worker is expected", () => {
    vi.useFakeTimers();
    const [job] = assigned(startPool({ queueTimeout: 5_000 }, false), new FakeJob());
    vi.advanceTimersByTime(1_100);
    expect(job?.became).toBe("no-worker");
  });

  test("up to a maximum number", () => {
    const pool = startPool();
    for (let count = 0; count < MAX_WAITING; count++) pool.assign(new FakeJob());
    const [one] = assigned(pool, new FakeJob());
    expect(one?.became).toBe("no-worker");
    expect(pool.waiting).toBe(MAX_WAITING);
  });

  test("for a worker that supports chunks, if they need chunks", () => {
    const pool = startPool();
    const plain = FakeWorker.join(pool);
    const [upgrade] = assigned(pool, new FakeJob("/socket", true));
    expect(plain.asked).toEqual([]);
    const streaming = FakeWorker.join(pool, { id: "1", streams: true });
    expect(streaming.asked).toMatchObject([{ url: "/socket", upgrade: true }]);
    expect(upgrade?.became).toBeUndefined();
  });
});

describe("a worker", () => {
  test("that has not sent its routes is sent jobs after a moment", () => {
    vi.useFakeTimers();
    const pool = startPool();
    assigned(pool, new FakeJob());
    const worker = new FakeWorker();
    pool.admit(worker, { id: "0" });
    expect(worker.asked).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(worker.asked).toHaveLength(1);
  });

  test("that is lost is sent no more jobs, and its jobs fail", () => {
    const pool = startPool();
    const worker = FakeWorker.join(pool);
    const [job] = assigned(pool, new FakeJob());
    worker.leave();
    expect(job?.became, "nobody knows how it ended").toBe("suspect");
    assigned(pool, new FakeJob());
    expect([worker.asked.length, pool.waiting, pool.ready]).toEqual([1, 1, 0]);
  });

  test("reports its unanswered requests to its supervisor", () => {
    const pool = startPool();
    const channels: WorkerChannel[] = [];
    const adopt = (channel: WorkerChannel) => {
      channels.push(channel);
      return Promise.resolve("outside" as const);
    };
    pool.source = { adopt, expectsWorker: true, pending: 0 };
    const worker = FakeWorker.join(pool);
    channels[0]?.setActive(true);
    assigned(pool, new FakeJob("/a?secret=1"), new FakeJob("/b"));
    const left: unknown[] = [];
    channels[0]?.onClose(() => left.push(channels[0]?.inFlight, channels[0]?.requestsInFlight(1)));
    worker.leave();
    expect(left).toEqual([2, [{ method: "GET", path: "/a", age: expect.any(Number) }]]);
  });

  test("has the full timeout for each request", () => {
    vi.useFakeTimers();
    const pool = startPool({ timeout: 1_000 });
    const worker = FakeWorker.join(pool);
    const [early] = assigned(pool, new FakeJob());
    vi.advanceTimersByTime(900);
    const [late] = assigned(pool, new FakeJob());
    vi.advanceTimersByTime(200);
    expect([early?.became, late?.became]).toEqual(["timeout", undefined]);
    worker.answer(0, 200);
    worker.answer(1, 201);
    expect([early?.became, late?.became]).toEqual(["timeout", 201]);
  });

  test.each([[undefined], [null], [{}], [{ id: {} }], [{ id: "x".repeat(129) }]])(
    "that registers as %j is refused",
    (registration) => {
      expect(() => startPool().admit(new FakeWorker(), registration)).toThrow(
        expect.objectContaining({ code: "INVALID_PARAMS" }),
      );
    },
  );
});

describe("a task", () => {
  test("goes to another worker that accepts tasks, and its result is returned", () => {
    const pool = startPool();
    const asker = FakeWorker.join(pool, { id: "0", tasks: true });
    const able = FakeWorker.join(pool, { id: "1", tasks: true });
    const task = { id: "t1", type: "cpu", data: { n: 5 } };
    asker.say("Task", task);
    expect(able.told).toEqual([{ type: "Task", payload: task }]);
    able.say("TaskResult", { id: "t1", result: 120 });
    expect(asker.told).toEqual([{ type: "TaskResult", payload: { id: "t1", result: 120 } }]);
  });

  test("that no worker accepts, or whose worker is lost, is answered with an error", () => {
    const pool = startPool();
    const asker = FakeWorker.join(pool, { id: "0", tasks: true });
    const error = { type: "TaskResult", payload: { id: "t1", error: expect.stringContaining("not executed") } };
    asker.say("Task", { id: "t1" });
    expect(asker.told).toEqual([error]);
    const able = FakeWorker.join(pool, { id: "1", tasks: true });
    asker.say("Task", { id: "t1" });
    able.leave();
    expect(asker.told).toEqual([error, error]);
  });
});
