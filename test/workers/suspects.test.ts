import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { REMEMBERED_FOR } from "../../internal/workers/abandoned-requests.ts";
import type { WorkerChannel } from "../../internal/workers/channel.ts";
import { CONVICTED_FOR, Convictions, MAX_CONVICTIONS } from "../../internal/workers/convictions.ts";
import type { Failure, Job } from "../../internal/workers/job.ts";
import type { Loss } from "../../internal/workers/loss.ts";
import type { Standby } from "../../internal/workers/standby.ts";
import { MAX_SUSPECTS, SHARE_AFTER } from "../../internal/workers/trials.ts";
import { WorkerPool } from "../../internal/workers/worker-pool.ts";
import { FakeWorker } from "./fake-worker.ts";

const PATIENCE = 10_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.pool.close();
  vi.useRealTimers();
});

const scenes: Scene[] = [];

/** A pool whose workers have a supervisor. */
class Scene {
  readonly pool: WorkerPool;
  readonly log: string[] = [];
  readonly standbys: Standby[] = [];
  /** Number of workers that are starting. */
  pending = 0;
  /** The channel of the worker that joined last. */
  channel: WorkerChannel | undefined;
  #whyLost: Promise<Loss> | undefined;
  #role: "active" | "standby" = "active";

  constructor() {
    const log = pino({ base: null }, { write: (line: string) => this.log.push(JSON.parse(line).msg) });
    const options = { strategy: "round-robin", timeout: 0, queueTimeout: PATIENCE, maxFrame: 1_000_000 } as const;
    this.pool = new WorkerPool({
      ...options,
      log,
      onRoutes: () => {},
      onStandby: (standby) => this.standbys.push(standby),
    });
    const scene = this;
    this.pool.source = {
      expectsWorker: true,
      get pending() {
        return scene.pending;
      },
      adopt: (channel) => {
        this.channel = channel;
        if (this.#role === "active") channel.setActive(true);
        else channel.warmUp();
        return this.#whyLost;
      },
    };
    scenes.push(this);
  }

  join(id = "0", role: "active" | "standby" = "active"): Supervised {
    this.#role = role;
    const { promise, resolve } = Promise.withResolvers<Loss>();
    this.#whyLost = promise;
    return new Supervised(FakeWorker.join(this.pool, { id }), this.channel as WorkerChannel, resolve);
  }

  /** Assigns requests as the gateway does. */
  ask(...urls: string[]): Asked[] {
    return urls.map((url) => new Asked(this.pool, url));
  }
}

class Supervised {
  readonly worker: FakeWorker;
  readonly channel: WorkerChannel;
  readonly #judge: (loss: Loss) => void;

  constructor(worker: FakeWorker, channel: WorkerChannel, judge: (loss: Loss) => void) {
    this.worker = worker;
    this.channel = channel;
    this.#judge = judge;
  }

  /** Targets of all requests sent to this worker. */
  get urls(): readonly string[] {
    return this.worker.asked.map(({ url }) => url);
  }

  /** Closes the connection; the cause is known a moment later. */
  async dies(loss: Loss): Promise<void> {
    this.worker.leave();
    this.#judge(loss);
    await settled();
  }

  async answers(url: string, status = 200): Promise<void> {
    this.worker.answer(this.urls.lastIndexOf(url), status);
    await settled();
  }
}

/** A job that behaves like `Dispatch`, without a limit on retries. */
class Asked implements Job {
  readonly request: Job["request"];
  readonly client = "127.0.0.1";
  readonly isDone = false;
  readonly upgrade = false;
  readonly input: Job["input"];
  readonly mayRepeat: boolean;
  place: Job["place"];
  became: Failure | number | undefined;
  readonly failures: Failure[] = [];
  readonly #pool: WorkerPool;

  constructor(pool: WorkerPool, url: string, { method = "GET", to }: { method?: string; to?: Standby } = {}) {
    this.#pool = pool;
    this.mayRepeat = method === "GET";
    this.request = { method, url, headers: {}, query: {}, params: {}, remoteAddr: "a", localAddr: "b" };
    if (to === undefined) pool.assign(this);
    else to.send(this);
  }

  answered({ status }: { status: number }): void {
    this.became = status;
  }

  failed(failure: Failure): void {
    this.failures.push(failure);
    if (failure === "suspect" && this.mayRepeat) this.#pool.isolate(this);
    else if (failure === "lost" && this.mayRepeat) this.#pool.assign(this);
    else this.became = failure;
  }
}

/** Waits until the callbacks of settled promises have run. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe("a worker's own death", () => {
  test("makes all requests in flight suspects, and each is retried alone", async () => {
    const scene = new Scene();
    const first = scene.join();
    scene.ask("/a", "/b", "/c");
    await first.dies("own");
    const next = scene.join();
    const [good] = scene.ask("/good");
    expect(next.urls, "the latest first, and nothing beside it").toEqual(["/c"]);
    await next.answers("/c");
    expect(next.urls).toEqual(["/c", "/b"]);
    await next.answers("/b");
    expect(next.urls).toEqual(["/c", "/b", "/a"]);
    expect(good?.became).toBeUndefined();
    await next.answers("/a");
    expect(next.urls, "then the worker is everybody's again").toEqual(["/c", "/b", "/a", "/good"]);
  });

  test("is tried at once on the standby that takes its place, also if that was warmed up", async () => {
    const scene = new Scene();
    const [first, second] = [scene.join("0"), scene.join("1", "standby")];
    new Asked(scene.pool, "/warm-up", { to: scene.standbys[0] as Standby });
    await second.answers("/warm-up");
    scene.ask("/a", "/b");
    second.channel.setActive(true);
    await first.dies("own");
    expect(second.urls).toEqual(["/warm-up", "/b"]);
    await second.answers("/b");
    expect(second.urls).toEqual(["/warm-up", "/b", "/a"]);
  });

  test("tries the rarest path first, as the most likely cause", async () => {
    const scene = new Scene();
    const first = scene.join();
    scene.ask("/", "/?again", "/crash", "/?more");
    await first.dies("own");
    expect(scene.join().urls).toEqual(["/crash"]);
  });

  test("convicts a suspect that was alone on the worker, and clears the others at once", async () => {
    const scene = new Scene();
    const [first, other] = [scene.join("0"), scene.join("1")];
    const asked = scene.ask("/1", "/1", "/1", "/1", "/crash?token=1", "/1");
    expect([first.urls, other.urls]).toEqual([
      ["/1", "/1", "/crash?token=1"],
      ["/1", "/1", "/1"],
    ]);
    await first.dies("own");
    expect(other.urls, "the worker at work is spared, for another one comes").toHaveLength(3);
    const second = scene.join("0");
    expect(second.urls).toEqual(["/crash?token=1"]);
    await second.dies("own");
    expect(asked[4]).toMatchObject({ became: "convicted", failures: ["suspect", "convicted"] });
    expect(other.urls, "the good ones went to the one that is left").toEqual(Array(5).fill("/1"));
    expect(scene.log).toContainEqual(expect.stringMatching("GET /crash ended two workers"));
    expect(second.channel.requestsInFlight(10)).toEqual([
      { method: "GET", path: "/crash", query: "token=1", verdict: "convicted", age: expect.any(Number) },
    ]);
    expect(first.channel.requestsInFlight(10).map(({ path, verdict }) => [path, verdict])).toEqual([
      ["/1", "suspect"],
      ["/1", "suspect"],
      ["/crash", "suspect"],
    ]);
  });

  test("is blamed on a convicted method and path in flight, and the other requests are retried at once", async () => {
    const { scene, survivor } = await convicted();
    const worker = scene.join();
    vi.advanceTimersByTime(1_100);
    const asked = [...scene.ask("/1", "/1"), ...scene.ask("/crash?x", "/crash?y"), ...scene.ask("/1", "/1")];
    const onWorker = asked.filter(({ place }) => worker.urls.includes(place?.link === undefined ? "" : "/1"));
    expect(onWorker.length).toBeGreaterThan(0);
    const before = survivor.urls.length;
    await worker.dies("own");
    expect(worker.channel.endedByRequest).toBe(true);
    const failed = asked.filter(({ became }) => became === "convicted");
    expect(failed.map(({ request }) => request.url.split("?")[0])).toEqual(Array(failed.length).fill("/crash"));
    expect(failed.length).toBeGreaterThan(0);
    expect(survivor.urls.length).toBeGreaterThan(before);
    expect(worker.channel.requestsInFlight(1)[0]).toMatchObject({ path: "/crash", verdict: "convicted" });
  });

  test("is not blamed on a convicted method and path after a minute", async () => {
    const { scene } = await convicted();
    vi.advanceTimersByTime(CONVICTED_FOR + 1);
    const worker = scene.join();
    const [crash] = [...scene.ask("/crash"), ...scene.ask("/crash")];
    await worker.dies("own");
    expect(crash?.failures.at(-1) ?? "suspect").toBe("suspect");
  });

  test("fails non-idempotent requests at once, before the cause is known", async () => {
    const scene = new Scene();
    const { worker, channel } = scene.join();
    const post = new Asked(scene.pool, "/post", { method: "POST" });
    const [get] = scene.ask("/get");
    worker.leave();
    expect([post.became, get?.failures]).toEqual(["lost", []]);
    expect(channel.inFlight).toBe(2);
  });
});

/** A scene in which GET /crash was convicted and one worker is left. */
async function convicted() {
  const scene = new Scene();
  const first = scene.join("0");
  scene.ask("/crash");
  await first.dies("own");
  const second = scene.join("0");
  await second.dies("own");
  const survivor = scene.join("1");
  return { scene, survivor };
}

describe("a death with an outside cause", () => {
  test("convicts no request: all are retried at once as normal requests", async () => {
    const scene = new Scene();
    const [first, second] = [scene.join("0"), scene.join("1")];
    const asked = scene.ask("/a", "/b", "/c", "/d");
    await first.dies("outside");
    expect(second.urls.toSorted()).toEqual(["/a", "/b", "/c", "/d"]);
    await second.dies("outside");
    expect(scene.join("0").urls).toHaveLength(4);
    expect(asked.flatMap(({ failures }) => failures).every((failure) => failure === "lost")).toBe(true);
  });

  test("during a trial proves nothing: the suspect is sent alone once more", async () => {
    const scene = new Scene();
    scene.join();
    const first = scene.join("1");
    scene.ask("/x", "/a", "/b");
    const on = first.urls;
    await first.dies("own");
    const second = scene.join("1");
    expect(second.urls).toEqual([on.at(-1)]);
    await second.dies("outside");
    const third = scene.join("1");
    expect(third.urls).toHaveLength(1);
    await third.answers(third.urls[0] ?? "");
    expect(scene.log).toEqual([]);
  });
});

describe("suspects do not starve normal requests", () => {
  test("the last worker stays in rotation for a second, then drains before a trial", async () => {
    const scene = new Scene();
    const [first, left] = [scene.join("0"), scene.join("1")];
    scene.ask("/a", "/b");
    await first.dies("own");
    vi.advanceTimersByTime(SHARE_AFTER - 100);
    scene.ask("/meanwhile");
    expect(left.urls).toEqual(["/b", "/meanwhile"]);
    vi.advanceTimersByTime(200);
    scene.ask("/later");
    await left.answers("/b");
    expect(left.urls).toEqual(["/b", "/meanwhile"]);
    await left.answers("/meanwhile");
    expect(left.urls).toEqual(["/b", "/meanwhile", "/a"]);
    await left.answers("/a");
    expect(left.urls.at(-1)).toBe("/later");
  });

  test("a slow suspect shares its worker with others if there is no other worker, and is then not convicted", async () => {
    const scene = new Scene();
    const first = scene.join();
    const [slow] = scene.ask("/slow");
    await first.dies("own");
    const second = scene.join();
    const [good] = scene.ask("/good");
    expect(second.urls).toEqual(["/slow"]);
    vi.advanceTimersByTime(SHARE_AFTER + 100);
    expect(second.urls).toEqual(["/slow", "/good"]);
    await second.dies("own");
    expect(slow?.became, "it has had its second try").toBe("convicted");
    expect(good?.failures).toEqual(["suspect"]);
    expect(scene.log, "but nothing is remembered of it").toEqual([]);
  });

  test("a suspect keeps its worker if that does not answer pings, as it would answer no other request either", async () => {
    const scene = new Scene();
    const first = scene.join();
    const [hanging] = scene.ask("/hang");
    await first.dies("own");
    const second = scene.join();
    second.worker.say("Pong", {});
    scene.ask("/good");
    vi.advanceTimersByTime(3 * SHARE_AFTER);
    expect(second.worker.told.map(({ type }) => type)).toContain("Ping");
    expect(second.urls).toEqual(["/hang"]);
    await second.dies("own");
    expect(hanging?.became).toBe("convicted");
    expect(scene.log).toHaveLength(1);
  });

  test("a suspect shares its worker as soon as the worker answers a ping", async () => {
    const scene = new Scene();
    const first = scene.join();
    scene.ask("/slow");
    await first.dies("own");
    const second = scene.join();
    second.worker.say("Pong", {});
    scene.ask("/good");
    vi.advanceTimersByTime(SHARE_AFTER + 100);
    second.worker.say("Pong", {});
    await settled();
    expect(second.urls).toEqual(["/slow", "/good"]);
  });

  test("convicted requests in the queue are sent one second after all others", async () => {
    const { scene, survivor } = await convicted();
    await survivor.dies("outside");
    scene.ask("/crash", "/good");
    const next = scene.join("1");
    const [late] = scene.ask("/crash?late");
    expect(next.urls).toEqual(["/good"]);
    await next.answers("/good");
    vi.advanceTimersByTime(1_100);
    expect(next.urls).toEqual(["/good", "/crash", "/crash?late"]);
    expect(late?.became).toBeUndefined();
  });

  test("the last worker receives no convicted request while another worker is starting", async () => {
    const { scene, survivor } = await convicted();
    vi.advanceTimersByTime(1_100);
    scene.pending = 1;
    scene.ask("/crash", "/good");
    vi.advanceTimersByTime(1_000);
    expect(survivor.urls).toEqual(["/good"]);
    const other = scene.join("0");
    vi.advanceTimersByTime(100);
    expect([...survivor.urls, ...other.urls].toSorted()).toEqual(["/crash", "/good"]);
    await other.dies("outside");
    scene.ask("/crash?again");
    vi.advanceTimersByTime(5_100);
    expect(survivor.urls, "not for ever").toContain("/crash?again");
  });

  test("at most half of the workers are used for trials", async () => {
    const scene = new Scene();
    const workers = ["0", "1", "2", "3", "4"].map((id) => scene.join(id));
    scene.ask(...Array.from({ length: 50 }, (_, i) => `/${i}`));
    await workers[0]?.dies("own");
    const counts = workers.slice(1).map(({ urls }) => urls.length);
    scene.ask(...Array.from({ length: 40 }, (_, i) => `/more/${i}`));
    const got = workers.slice(1).map(({ urls }, i) => urls.length - (counts[i] ?? 0));
    expect(got.filter((count) => count === 0)).toHaveLength(2);
    expect(got.filter((count) => count === 20)).toHaveLength(2);
    expect(scene.pool.ready, "all are ready all the same").toBe(4);
  });

  test("a suspect for which no worker is free is sent as a normal request after half of the queue timeout", async () => {
    const scene = new Scene();
    const [first, left] = [scene.join("0"), scene.join("1")];
    scene.ask("/a", "/for-ever");
    await first.dies("own");
    vi.advanceTimersByTime(PATIENCE / 2 + 200);
    expect(left.urls).toEqual(["/for-ever", "/a"]);
    expect(scene.pool.waiting).toBe(0);
  });

  test("a suspect without any worker fails like other waiting requests", async () => {
    const scene = new Scene();
    const first = scene.join();
    const [a] = scene.ask("/a");
    await first.dies("own");
    expect(scene.pool.waiting).toBe(1);
    vi.advanceTimersByTime(PATIENCE + 100);
    expect([a?.became, scene.pool.waiting]).toEqual(["no-worker", 0]);
  });

  test("the number of suspects is limited: the rest are sent as normal requests", async () => {
    const scene = new Scene();
    const [first, left] = [scene.join("0"), scene.join("1")];
    scene.ask(...Array.from({ length: 2 * MAX_SUSPECTS + 20 }, (_, i) => `/${i}`));
    const before = left.urls.length;
    await first.dies("own");
    expect(left.urls.length - before).toBe(10);
    expect(scene.pool.waiting).toBe(MAX_SUSPECTS);
  });
});

describe("an abandoned request", () => {
  /** A worker with an abandoned request for /crash: its client has disconnected. */
  function deserted(scene: Scene, id: string): Supervised {
    const worker = scene.join(id);
    const [gone] = scene.ask("/crash?x");
    scene.pool.abandon(gone as Asked);
    return worker;
  }

  test("is a suspect when its worker dies, and a suspect that shared the worker is not convicted", async () => {
    const scene = new Scene();
    const [first, second] = [scene.join("0"), scene.join("1")];
    const [good, gone] = scene.ask("/good", "/crash?x");
    scene.pool.abandon(gone as Asked);
    await first.dies("own");
    vi.advanceTimersByTime(1.5 * SHARE_AFTER);
    expect(second.urls, "nothing else is there to try the suspect").toEqual(["/crash?x", "/good"]);
    await second.dies("own");
    expect(good).toMatchObject({ failures: ["suspect", "lost"] });
    expect(scene.log.filter((line) => line.includes("ended two workers"))).toEqual([]);
    expect(second.channel.inFlight).toBe(1);
  });

  test("keeps its worker from being chosen for a trial", async () => {
    const scene = new Scene();
    const first = scene.join("0");
    const busy = scene.join("1");
    scene.ask("/a", "/b");
    const third = deserted(scene, "2");
    await first.dies("own");
    expect(third.urls).toEqual(["/crash?x"]);
    await busy.answers("/b");
    expect(busy.urls).toEqual(["/b", "/a"]);
  });

  test("is reported with the death that it may have caused, also if nothing else was in flight", async () => {
    const scene = new Scene();
    const worker = deserted(scene, "0");
    await worker.dies("own");
    expect(worker.channel.requestsInFlight(10)).toEqual([
      { method: "GET", path: "/crash", verdict: "suspect", age: expect.any(Number) },
    ]);
    expect(worker.channel.inFlight).toBe(0);
    const other = deserted(scene, "0");
    await other.dies("outside");
    expect(other.channel.requestsInFlight(10)).toEqual([]);
  });

  test("with a convicted method and path is the cause: the others are retried at once", async () => {
    const scene = new Scene();
    for (const _ of [1, 2]) {
      const worker = scene.join();
      if (worker.urls.length === 0) scene.ask("/crash");
      await worker.dies("own");
    }
    const next = scene.join();
    vi.advanceTimersByTime(2 * SHARE_AFTER); // the delay for convicted requests
    const [gone, good] = scene.ask("/crash", "/good");
    scene.pool.abandon(gone as Asked);
    await next.dies("own");
    expect(good?.failures).toEqual(["lost"]);
  });

  test("is remembered until it is answered or for five seconds, up to the latest hundred", async () => {
    const scene = new Scene();
    const describe = async (worker: Supervised) => {
      await worker.dies("own");
      return worker.channel.requestsInFlight(1_000).length;
    };
    const late = deserted(scene, "0");
    await late.answers("/crash?x");
    expect(await describe(late)).toBe(0);
    const old = deserted(scene, "0");
    vi.advanceTimersByTime(REMEMBERED_FOR);
    expect(await describe(old)).toBe(0);
    const many = scene.join();
    for (const asked of scene.ask(...Array.from({ length: 150 }, (_, i) => `/${i}`))) scene.pool.abandon(asked);
    expect(await describe(many)).toBe(100);
  });
});

describe("workers without a supervisor", () => {
  test("are not drained first: the only worker, busy with an endless request, is sent a suspect at once", () => {
    const pool = unsupervised();
    const [first, second] = [FakeWorker.join(pool, { id: "a" }), FakeWorker.join(pool, { id: "b" })];
    new Asked(pool, "/get");
    new Asked(pool, "/endless");
    first.leave();
    expect(second.asked.map(({ url }) => url)).toEqual(["/endless", "/get"]);
    const next = new Asked(pool, "/next");
    expect(second.asked.map(({ url }) => url)).toEqual(["/endless", "/get", "/next"]);
    expect(next.failures).toEqual([]);
  });

  function unsupervised(): WorkerPool {
    const scene = new Scene();
    scene.pool.source = undefined;
    return scene.pool;
  }
});

test("a worker's death with the maximum number of requests in flight is processed quickly", async () => {
  const scene = new Scene();
  const worker = scene.join();
  const asked = scene.ask(...Array.from({ length: 20_000 }, (_, i) => `/${i}`));
  vi.useRealTimers();
  const before = performance.now();
  await worker.dies("own");
  // 100 ms here; 5 s if each request is searched for among all.
  expect(performance.now() - before).toBeLessThan(2_500);
  expect(asked.filter(({ failures }) => failures.includes("suspect"))).toHaveLength(20_000);
});

test("a suspect whose client has disconnected is dropped, before and after the cause of the loss is known", async () => {
  const scene = new Scene();
  const first = scene.join();
  const [a, b] = scene.ask("/a", "/b");
  first.worker.leave();
  scene.pool.abandon(a as Asked);
  await first.dies("own");
  scene.pool.abandon(b as Asked);
  expect(scene.pool.waiting).toBe(0);
  expect(scene.join().urls).toEqual([]);
  expect([a?.failures, b?.failures]).toEqual([[], ["suspect"]]);
});

test("waiting requests and suspects fail when the pool closes", async () => {
  const scene = new Scene();
  const [one, two] = [scene.join("0"), scene.join("1")];
  const [a, b] = scene.ask("/a", "/b");
  await one.dies("own");
  two.worker.leave();
  scene.pool.close();
  expect([a?.became, b?.became]).toEqual(["no-worker", "no-worker"]);
});

test("a worker that became inactive is not returned to the rotation after its trial", async () => {
  const scene = new Scene();
  const first = scene.join();
  scene.ask("/a");
  await first.dies("own");
  const second = scene.join();
  second.channel.setActive(false);
  await second.answers("/a");
  scene.ask("/b");
  expect([second.urls, scene.pool.ready, scene.pool.waiting]).toEqual([["/a"], 0, 1]);
});

test("the number of remembered methods and paths is limited to the latest ones", () => {
  const convictions = new Convictions();
  const request = (url: string, method = "GET") => ({ method, url }) as Job["request"];
  for (let i = 0; i < MAX_CONVICTIONS + 5; i++) convictions.add(request(`/${i}`));
  expect(convictions.size).toBe(MAX_CONVICTIONS);
  expect([0, 4, 5].map((i) => convictions.has(request(`/${i}`)))).toEqual([false, false, true]);
  expect(convictions.has(request("/9?x=1")), "whatever the query").toBe(true);
  expect(convictions.has(request("/9", "PUT"))).toBe(false);
});
