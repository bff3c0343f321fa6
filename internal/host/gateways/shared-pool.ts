import { randomUUID } from "node:crypto";
import { XsysError } from "../../../protocol/errors.ts";
import type {
  Convicted,
  JobNumber,
  WorkerFault,
  WorkerIdle,
  WorkerJoined,
  WorkerLeft,
  WorkersExpected,
} from "../../../protocol/wire/gateway.ts";
import type { Message } from "../../../protocol/wire/message.ts";
import type { GatewaysPayload } from "../../../protocol/wire/worker.ts";
import type { Logger } from "../../base/log.ts";
import type { Role, RoleInbox, RolePeer } from "../../ipc/role.ts";
import type { WorkerChannel } from "../../workers/channel.ts";
import { Convictions } from "../../workers/convictions.ts";
import type { Job } from "../../workers/job.ts";
import type { Loss } from "../../workers/loss.ts";
import { checkedRegistration } from "../../workers/registration.ts";
import { Suspects } from "../../workers/suspects.ts";
import { TaskRelay } from "../../workers/task-relay.ts";
import type { TrialsOwner } from "../../workers/trials.ts";
import { RECONNECT_WAIT, type WorkerSource } from "../../workers/worker-pool.ts";
import type { GatewayPeer } from "./gateway-peer.ts";
import { RemoteJob } from "./remote-job.ts";
import { SharedLink, type SharedLinkOwner } from "./shared-link.ts";

export interface SharedPoolOptions {
  /** Maximum milliseconds that a request waits for a worker. */
  readonly queueTimeout: number;
  readonly log: Logger;
}

/** Milliseconds between two checks for timeouts. */
const SWEEP = 50;
/** Milliseconds after which a worker is ready although a gateway has not told that it has joined there. */
const JOIN_TIMEOUT = 1_000;

/**
 * The workers of a service with gateway processes. It decides which of them get requests, and what becomes of the
 * requests of lost ones, as `WorkerPool` does in a service that is the gateway; the gateways send the requests.
 */
export class SharedPool implements Role, SharedLinkOwner {
  readonly takenBy = "RegisterWorker";
  readonly #options: SharedPoolOptions;
  readonly #log: Logger;
  readonly #suspects: Suspects<SharedLink>;
  readonly #convictions: Convictions;
  readonly #tasks = new TaskRelay<SharedLink>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #gateways = new Set<GatewayPeer>();
  /** By their keys. */
  readonly #links = new Map<string, SharedLink>();
  /** Those that the supervisor knows, or that are ready without one. */
  readonly #begun = new WeakSet<SharedLink>();
  /** When each of the others had joined its first gateway. */
  readonly #joiningSince = new Map<SharedLink, number>();
  readonly #whyLost = new WeakMap<SharedLink, Promise<Loss>>();
  /** Lost links whose requests may still be reported. */
  readonly #recentlyLost = new Map<string, SharedLink>();
  #ready: readonly SharedLink[] = [];
  #answersPings = false;
  #lastExpected = "";
  /** Set by the service if it supervises worker processes. */
  source: WorkerSource<WorkerChannel> | undefined;

  constructor(options: SharedPoolOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#convictions = new Convictions((conviction) =>
      this.#broadcast("Convicted", { convictions: [conviction] } satisfies Convicted),
    );
    this.#suspects = new Suspects(options.log, this.#trialsOwner(), this.#convictions);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP).unref();
  }

  /** Number of workers that get requests, or are reserved for a suspect. */
  get ready(): number {
    return this.#ready.length + this.#suspects.reserved.length;
  }

  get connected(): number {
    return this.#links.size;
  }

  /** @throws UNSUPPORTED for a worker that cannot connect to several gateways. */
  admit(peer: RolePeer, registration: unknown): RoleInbox {
    const checked = checkedRegistration(registration);
    if (checked.joins !== true) {
      throw new XsysError(
        "UNSUPPORTED",
        `worker ${checked.id} needs --gateways 1: it cannot connect to several gateways (RegisterWorker without joins)`,
        { details: { worker: checked.id } },
      );
    }
    const link = new SharedLink(this, peer, checked, randomUUID());
    this.#links.set(link.key, link);
    link.tell(this.#list(link));
    return link;
  }

  /** A gateway accepts workers. */
  addGateway(gateway: GatewayPeer): void {
    this.#gateways.add(gateway);
    gateway.send("Convicted", { convictions: this.#convictions.all() } satisfies Convicted);
    gateway.send("WorkersExpected", this.#expected);
    for (const link of this.#links.values()) link.tell(this.#list(link));
  }

  removeGateway(gateway: GatewayPeer): void {
    this.#gateways.delete(gateway);
    for (const job of gateway.jobs) this.#suspects.abandon(job);
    for (const link of [...this.#links.values()]) {
      link.gatewayGone(gateway);
      this.#beginIfJoined(link);
    }
  }

  joined(gateway: GatewayPeer, { worker }: WorkerJoined): void {
    const link = this.#links.get(worker);
    if (link === undefined || link.isGone) {
      gateway.send("WorkerGone", { worker });
      return;
    }
    link.join(gateway);
    if (this.#begun.has(link)) return;
    if (!this.#joiningSince.has(link)) this.#joiningSince.set(link, performance.now());
    this.#beginIfJoined(link);
  }

  workerLeft(gateway: GatewayPeer, report: WorkerLeft): void {
    const link = this.#links.get(report.worker) ?? this.#recentlyLost.get(report.worker);
    if (link !== undefined) link.leftAt(gateway, report);
    else for (const { job, waits } of report.jobs) if (waits) gateway.verdict(job, "lost");
  }

  workerFault({ worker, reason }: WorkerFault): void {
    (this.#links.get(worker) ?? this.#recentlyLost.get(worker))?.lose(reason);
  }

  workerIdle(gateway: GatewayPeer, { worker, turn }: WorkerIdle): void {
    this.#links.get(worker)?.idleAt(gateway, turn);
  }

  loadChanged(gateway: GatewayPeer): void {
    for (const link of this.#links.values()) link.loadChanged(gateway);
  }

  isolate(gateway: GatewayPeer, { job: number }: JobNumber): void {
    const job = gateway.job(number);
    if (job === undefined) gateway.send("Assign", { job: number } satisfies JobNumber);
    else this.#suspects.isolate(job);
  }

  forget(gateway: GatewayPeer, { job: number }: JobNumber): void {
    const job = gateway.job(number);
    if (job !== undefined) this.#suspects.abandon(job);
    gateway.forget(number);
  }

  task(link: SharedLink, message: Message): void {
    this.#tasks.take(link, message, this.#ready);
  }

  answeredPing(): void {
    this.#answersPings = true;
  }

  lost(link: SharedLink): void {
    const { id } = link.registration;
    this.#links.delete(link.key);
    this.#joiningSince.delete(link);
    this.#remember(link);
    this.#tasks.forget(link);
    this.#setActive(link, false);
    if (this.source === undefined) this.#log.warn({ worker: id }, `worker ${id} has disconnected`);
  }

  left(link: SharedLink, jobs: readonly Job[]): void {
    this.#suspects.left(link, jobs, this.#whyLost.get(link));
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const job of this.#suspects.takeAll()) job.failed("no-worker");
  }

  #remember(link: SharedLink): void {
    this.#recentlyLost.set(link.key, link);
    setTimeout(() => this.#recentlyLost.delete(link.key), REMEMBERED).unref();
  }

  #list({ key }: SharedLink): GatewaysPayload {
    const gateways = [...this.#gateways].map(({ registration, socket }) => ({ id: registration.key, socket }));
    return { key, gateways };
  }

  /** A worker is ready when it has joined every gateway, so that a rolling restart leaves none without workers. */
  #beginIfJoined(link: SharedLink): void {
    const since = this.#joiningSince.get(link);
    if (since === undefined || link.joinedGateways.size === 0) return;
    const isComplete = [...this.#gateways].every((gateway) => link.hasJoined(gateway));
    if (!isComplete && performance.now() - since < JOIN_TIMEOUT) return;
    this.#joiningSince.delete(link);
    this.#begin(link);
  }

  #begin(link: SharedLink): void {
    const { id } = link.registration;
    this.#begun.add(link);
    const whyLost = this.source?.adopt(this.#channelOf(link));
    if (whyLost !== undefined) {
      this.#whyLost.set(link, whyLost);
      return;
    }
    this.#log.info({ worker: id }, `worker ${id} is connected`);
    this.#setActive(link, true);
  }

  #channelOf(link: SharedLink): WorkerChannel {
    const { id, key, pid } = link.registration;
    const suspects = this.#suspects;
    return {
      id,
      key,
      pid,
      get inFlight() {
        return link.inFlight;
      },
      get endedByRequest() {
        return suspects.endedByRequest(link);
      },
      requestsInFlight: (limit) => link.requestsInFlight(limit),
      setActive: (active) => this.#setActive(link, active),
      warmUp: () => link.warmUp(),
      drain: () => {
        this.#setActive(link, false);
        return link.idle();
      },
      forceGc: () => link.sendMessage("ForceGC", null),
      ping: () => link.ping(),
      close: () => link.close(),
      onClose: (listener) => link.onClose(listener),
    };
  }

  #setActive(link: SharedLink, active: boolean): void {
    if (this.#suspects.isReserved(link)) {
      if (!active) this.#suspects.forget(link);
    } else if (!active) this.#removeFromRotation(link);
    else if (!this.#ready.includes(link) && !this.#suspects.reserveNew(link)) this.#addToRotation(link);
    this.#tellExpected();
  }

  #addToRotation(link: SharedLink): void {
    link.onTrial = undefined;
    this.#ready = [...this.#ready, link];
    link.setActive(true);
  }

  #removeFromRotation(link: SharedLink): void {
    this.#ready = this.#ready.filter((other) => other !== link);
    link.setActive(false);
  }

  #trialsOwner(): TrialsOwner<SharedLink> {
    const pool = this;
    return {
      get inRotation() {
        return pool.#ready;
      },
      get answersPings() {
        return pool.#answersPings;
      },
      get expectsWorker() {
        return pool.source?.expectsWorker ?? false;
      },
      get waitLimit() {
        const { queueTimeout } = pool.#options;
        return pool.#expected.expected ? queueTimeout : Math.min(queueTimeout, RECONNECT_WAIT);
      },
      removeFromRotation: (link) => this.#removeFromRotation(link),
      returnToRotation: (link) => this.#addToRotation(link),
      send: (link, job) => link.try(remote(job)),
      assign: (job) => {
        const { owner, number } = remote(job);
        owner.send("Assign", { job: number } satisfies JobNumber);
      },
    };
  }

  get #expected(): WorkersExpected {
    return {
      expected: this.ready > 0 || (this.source?.expectsWorker ?? false),
      pending: this.source?.pending ?? 0,
    };
  }

  #tellExpected(): void {
    const text = JSON.stringify(this.#expected);
    if (text === this.#lastExpected) return;
    this.#lastExpected = text;
    this.#broadcast("WorkersExpected", this.#expected);
  }

  #broadcast(type: string, payload: unknown): void {
    for (const gateway of this.#gateways) gateway.send(type, payload);
  }

  #sweep(): void {
    const now = performance.now();
    for (const job of this.#suspects.sweep(now)) job.failed("no-worker");
    this.#tellExpected();
    for (const link of [...this.#joiningSince.keys()]) this.#beginIfJoined(link);
    for (const link of this.#links.values()) {
      const misses = [...this.#gateways].some((gateway) => !link.hasJoined(gateway));
      if (misses && now - link.toldAt >= JOIN_TIMEOUT) link.tell(this.#list(link));
    }
  }
}

/** How long after a loss a report of a gateway is expected, in milliseconds. */
const REMEMBERED = 60_000;

function remote(job: Job): RemoteJob<GatewayPeer> {
  if (job instanceof RemoteJob) return job;
  throw new TypeError("the job is not that of a gateway process");
}
