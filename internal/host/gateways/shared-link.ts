import type { ReportedRequest, WorkerLeft, WorkerState } from "../../../protocol/wire/gateway.ts";
import { encodeMessage, type Message } from "../../../protocol/wire/message.ts";
import type { GatewaysPayload, WorkerRegistration } from "../../../protocol/wire/worker.ts";
import type { RoleInbox, RolePeer } from "../../ipc/role.ts";
import { type AbandonedRequest, REMEMBERED_FOR } from "../../workers/abandoned-requests.ts";
import type { RequestInFlight } from "../../workers/channel.ts";
import { DescribedJob, described } from "../../workers/described-job.ts";
import type { Job } from "../../workers/job.ts";
import type { SuspectLink } from "../../workers/suspect-link.ts";
import type { TaskLink } from "../../workers/task-relay.ts";
import type { GatewayPeer } from "./gateway-peer.ts";
import { RemoteJob } from "./remote-job.ts";

/** Message types that workers send on the connection to the service. */
const WORKER_MESSAGES: ReadonlySet<string> = new Set(["SyncRoutes", "Task", "TaskResult", "Pong", "Response"]);

/** Maximum milliseconds until a lost worker's requests are judged without the gateways that have not reported theirs. */
const REPORT_TIMEOUT = 1_000;

/** Callbacks of a link. */
export interface SharedLinkOwner {
  task(link: SharedLink, message: Message): void;
  answeredPing(): void;
  /** The worker is lost. Gateways have yet to report its requests. */
  lost(link: SharedLink): void;
  /** Reports of the gateways have arrived: these jobs wait for a verdict. Called again for a late report. */
  left(link: SharedLink, jobs: readonly Job[]): void;
}

/** What a gateway has of a worker. */
interface Joined {
  /** Of the last WorkerState or Trial. */
  turn: number;
  /** It has no request on the worker, and gives it none. */
  isIdle: boolean;
}

/**
 * A worker that receives requests from several gateways. Its own connection to the service carries none: it shows that
 * the worker lives. The gateways tell what happens on theirs.
 */
export class SharedLink implements RoleInbox, SuspectLink, TaskLink {
  readonly takes = WORKER_MESSAGES;
  readonly registration: WorkerRegistration;
  /** Identifies the worker among those that join gateways. */
  readonly key: string;
  onTrial: Job | undefined;
  /** When it was last sent the list of gateways, by performance.now(). */
  toldAt = 0;
  /** Whether it may get requests; false for a standby, while it drains, and during a trial. */
  #isActive = false;
  #awaitsTrial = false;
  #wasUsed = false;
  readonly #owner: SharedLinkOwner;
  readonly #peer: RolePeer;
  readonly #joined = new Map<GatewayPeer, Joined>();
  readonly #onIdle: (() => void)[] = [];
  readonly #pings: (() => void)[] = [];
  readonly #onClose: ((reason?: string) => void)[] = [];
  /** The gateways that have not reported its requests after its loss. */
  readonly #missing = new Set<GatewayPeer>();
  #isGone = false;
  #isClosed = false;
  /** Until when it may process requests of a gateway that has ended, by performance.now(). */
  #ofEndedGatewayUntil = 0;
  #fault: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting: Job[] = [];
  readonly #left = new Map<Job, DescribedJob>();
  readonly #leftAbandoned = new Map<AbandonedRequest, DescribedJob>();

  constructor(owner: SharedLinkOwner, peer: RolePeer, registration: WorkerRegistration, key: string) {
    this.#owner = owner;
    this.#peer = peer;
    this.registration = registration;
    this.key = key;
    peer.onGone((fault) => this.lose(fault));
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** While the worker is out of rotation, it counts as busy until every gateway has told that it is idle. */
  get active(): number {
    let reported = 0;
    for (const gateway of this.#joined.keys()) reported += gateway.load.workers[this.key]?.active ?? 0;
    if (this.#isActive) return reported;
    return this.#isIdle ? 0 : Math.max(1, reported);
  }

  get isNew(): boolean {
    return !this.#wasUsed && ![...this.#joined.keys()].some(({ load }) => load.workers[this.key]?.wasUsed);
  }

  get awaitsAnswer(): boolean {
    return this.#awaitsTrial;
  }

  get jobs(): readonly Job[] {
    return [...this.#left.keys()];
  }

  /** While it lives, only their number is known. Of a gateway that has ended, no request is known. */
  get abandonedRequests(): readonly AbandonedRequest[] {
    const ofEnded = performance.now() < this.#ofEndedGatewayUntil ? [UNKNOWN] : [];
    if (this.#isGone) return [...this.#leftAbandoned.keys(), ...ofEnded];
    const some = [...this.#joined.keys()].some(({ load }) => (load.workers[this.key]?.abandoned ?? 0) > 0);
    return some ? [UNKNOWN] : ofEnded;
  }

  get inFlight(): number {
    return this.#isGone ? this.#left.size : this.active;
  }

  get joinedGateways(): ReadonlySet<GatewayPeer> {
    return new Set(this.#joined.keys());
  }

  hasJoined(gateway: GatewayPeer): boolean {
    return this.#joined.has(gateway);
  }

  requestsInFlight(limit: number): readonly RequestInFlight[] {
    const suspects = [...this.#leftAbandoned.values()].filter(({ verdict }) => verdict !== undefined);
    return described([...this.#left.values(), ...suspects], limit);
  }

  tell(payload: GatewaysPayload): void {
    this.toldAt = performance.now();
    this.sendMessage("Gateways", payload);
  }

  sendMessage(type: string, payload: unknown): void {
    if (this.#peer.isOpen) this.#peer.writer.json(encodeMessage(type, payload));
  }

  /** The worker has connected to a gateway. */
  join(gateway: GatewayPeer): void {
    this.#joined.set(gateway, { turn: 0, isIdle: true });
    if (this.#isActive) this.#tell(gateway, {});
  }

  /** Lets the gateways give it requests, or not. */
  setActive(isActive: boolean): void {
    if (this.#isActive === isActive) return;
    this.#isActive = isActive;
    for (const gateway of this.#joined.keys()) this.#tell(gateway, {});
  }

  /** It is a standby: one gateway sends it the warm-up requests. */
  warmUp(): void {
    const [first] = this.#joined.keys();
    if (first !== undefined) this.#tell(first, { warmUp: true });
  }

  /** Lets the gateway that has the job send it, while the worker has no other request. */
  try(job: RemoteJob<GatewayPeer>): void {
    const { owner: gateway, number } = job;
    const joined = this.#joined.get(gateway);
    if (joined === undefined) return;
    this.#awaitsTrial = true;
    this.#wasUsed = true;
    joined.isIdle = false;
    joined.turn++;
    gateway.send("Trial", { job: number, worker: this.key, turn: joined.turn });
  }

  /** A gateway has no request on it any more. */
  idleAt(gateway: GatewayPeer, turn: number): void {
    const joined = this.#joined.get(gateway);
    if (joined?.turn !== turn) return;
    joined.isIdle = true;
    this.#checkIdle();
  }

  /** A new report of a gateway's load. */
  loadChanged(gateway: GatewayPeer): void {
    const { load } = gateway;
    const mine = load.workers[this.key];
    const job = this.onTrial;
    if (job instanceof RemoteJob && job.owner === gateway && mine?.awaitsAnswer === false) this.#awaitsTrial = false;
  }

  canTake(job: Job): boolean {
    return !this.#isGone && job instanceof RemoteJob && this.#joined.has(job.owner as GatewayPeer);
  }

  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  ping(): Promise<void> {
    this.sendMessage("Ping", {});
    return new Promise((resolve) => this.#pings.push(resolve));
  }

  /** Closes the connection, which tells the worker to exit. */
  close(): void {
    this.lose();
    this.#peer.close();
  }

  onClose(listener: (reason?: string) => void): void {
    if (this.#isClosed) listener(this.#fault);
    else this.#onClose.push(listener);
  }

  /** The worker is lost: its connection has ended, or that to a gateway. Its requests are judged when all are known. */
  lose(fault?: string): void {
    this.#fault ??= fault;
    if (this.#isGone) return;
    this.#isGone = true;
    for (const gateway of this.#joined.keys()) {
      this.#missing.add(gateway);
      gateway.send("WorkerGone", { worker: this.key });
    }
    this.#owner.lost(this);
    this.#checkIdle();
    this.#timer = setTimeout(() => this.#closed(), REPORT_TIMEOUT);
    this.#closeIfReported();
  }

  /** A gateway reports the requests that a lost worker had. */
  leftAt(gateway: GatewayPeer, { jobs, abandoned }: WorkerLeft): void {
    const wasMissing = this.#missing.delete(gateway);
    this.#joined.delete(gateway);
    for (const reported of jobs) {
      const job = gateway.jobOf(reported);
      this.#left.set(job, describe(reported));
      if (reported.waits) this.#waiting.push(job);
      else gateway.forget(reported.job);
    }
    for (const { method, url, age } of abandoned) {
      const request = { request: { method, url }, sentAt: performance.now() - age };
      this.#leftAbandoned.set(request, new DescribedJob(request));
    }
    if (!this.#isGone) {
      this.#missing.delete(gateway);
      this.lose();
      this.#peer.close(); // a worker that has closed one connection only must not stay without it
    } else if (wasMissing && !this.#isClosed) this.#closeIfReported();
    else if (this.#isClosed) this.#judge();
  }

  /** A gateway has ended. Its requests are lost, and it reports none. */
  gatewayGone(gateway: GatewayPeer): void {
    const hadRequests = (gateway.load.workers[this.key]?.active ?? 0) > 0 || ownerOf(this.onTrial) === gateway;
    if (this.#joined.delete(gateway) && hadRequests) this.#ofEndedGatewayUntil = performance.now() + REMEMBERED_FOR;
    this.#checkIdle();
    if (this.#missing.delete(gateway) && !this.#isClosed) this.#closeIfReported();
  }

  mark(job: Job, verdict: DescribedJob["verdict"]): void {
    const left = this.#left.get(job);
    if (left !== undefined) left.verdict = verdict;
  }

  markAllSuspect(): void {
    for (const each of [...this.#left.values(), ...this.#leftAbandoned.values()]) each.verdict = "suspect";
  }

  message(message: Message): void {
    const { type } = message;
    if (type === "Task" || type === "TaskResult") this.#owner.task(this, message);
    else if (type === "Pong") {
      this.#owner.answeredPing();
      for (const resolve of this.#pings.splice(0)) resolve();
    } // routes come through the gateways
  }

  xbpResponse(): void {}

  chunk(): void {}

  #tell(gateway: GatewayPeer, more: Pick<WorkerState, "warmUp">): void {
    const joined = this.#joined.get(gateway);
    if (joined === undefined) return;
    joined.turn++;
    joined.isIdle = false;
    const { turn } = joined;
    gateway.send("WorkerState", { worker: this.key, active: this.#isActive, turn, ...more } satisfies WorkerState);
  }

  get #isIdle(): boolean {
    if (this.#isGone) return true;
    return !this.#isActive && [...this.#joined.values()].every(({ isIdle }) => isIdle);
  }

  #checkIdle(): void {
    if (this.#isIdle) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #closeIfReported(): void {
    if (this.#missing.size === 0) this.#closed();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#sortLeft();
    this.#judge();
    for (const listener of this.#onClose.splice(0)) listener(this.#fault);
  }

  #judge(): void {
    const waiting = new Set(this.#waiting.splice(0));
    if (waiting.size > 0 || this.#leftAbandoned.size > 0) {
      this.#owner.left(
        this,
        [...this.#left.keys()].filter((job) => waiting.has(job)),
      );
    }
  }

  /** Latest first, over all gateways. */
  #sortLeft(): void {
    for (const map of [this.#left, this.#leftAbandoned] as Map<unknown, DescribedJob>[]) {
      const sorted = [...map].sort(([, a], [, b]) => a.age - b.age);
      map.clear();
      for (const [key, value] of sorted) map.set(key, value);
    }
  }
}

function ownerOf(job: Job | undefined): unknown {
  return job instanceof RemoteJob ? job.owner : undefined;
}

const UNKNOWN: AbandonedRequest = { request: { method: "", url: "" }, sentAt: 0 };

function describe({ method, url, age }: ReportedRequest): DescribedJob {
  return new DescribedJob({ request: { method, url }, sentAt: performance.now() - age });
}
