import { rmSync } from "node:fs";
import { XsysError } from "../../../protocol/errors.ts";
import { startInterval } from "../../../protocol/timers.ts";
import { DEFAULT_MAX_FRAME } from "../../../protocol/wire/frame.ts";
import type {
  AcceptUpTo,
  BreakerResult,
  Elsewhere,
  GatesBatch,
  GatewayConfiguration,
  GatewayFailed,
  GatewayFigures,
  GatewayLoad,
  JobNumber,
  LogLine,
  Observed,
  RegisterGateway,
  StatusPageQuestion,
  WorkerFault,
  WorkerIdle,
  WorkerJoined,
  WorkerLeft,
} from "../../../protocol/wire/gateway.ts";
import type { Message } from "../../../protocol/wire/message.ts";
import { VERSION } from "../../base/version.ts";
import { Supervisor } from "../../cluster/supervisor.ts";
import type { Quality } from "../../gateway/limits/quality.ts";
import type { GatewaysFigures } from "../../gateway/observe/status-sources.ts";
import type { Role, RoleInbox, RolePeer } from "../../ipc/role.ts";
import { acceptLimit } from "./accept-limit.ts";
import type { CommonBreaker } from "./common-breaker.ts";
import type { CommonFigures } from "./common-figures.ts";
import { GatewayPeer } from "./gateway-peer.ts";
import { logFrom } from "./log-from.ts";
import type { Passages } from "./passages.ts";
import type { SharedPool } from "./shared-pool.ts";
import { channelOf, type GatewaysDeps, READY_TIMEOUT, supervision } from "./supervision.ts";

const NOT_READY = new XsysError("UNAVAILABLE", "the gateway processes did not become ready; see the log");
/** Milliseconds between two messages about the load of the other gateways. */
const TELL_EVERY = 100;

/** What the gateways share, and the service decides. */
export interface GatewaysParts {
  readonly pool: SharedPool;
  readonly passages: Passages;
  readonly breaker: CommonBreaker | undefined;
  readonly quality: Quality | undefined;
  readonly figures: CommonFigures;
  /** Answers a request for a status page. */
  page(
    name: string,
  ): Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly body: string }>;
}

const MESSAGES: ReadonlySet<string> = new Set([
  "GatewayReady",
  "GatewayFailed",
  "WorkerJoined",
  "WorkerLeft",
  "WorkerFault",
  "WorkerIdle",
  "Isolate",
  "Forget",
  "Load",
  "PassGates",
  "Observed",
  "BreakerResult",
  "MayTry",
  "StatusPage",
  "Figures",
  "Log",
  "Drained",
  "Pong",
]);

/** The gateway processes of a service: starts them, takes their connections, and answers their questions. */
export class Gateways implements Role {
  readonly takenBy = "RegisterGateway";
  readonly supervisor: Supervisor;
  readonly #deps: GatewaysDeps;
  readonly #parts: GatewaysParts;
  readonly #ready = new Set<GatewayPeer>();
  readonly #firstReady = Promise.withResolvers<void>();
  #ticker: NodeJS.Timeout | undefined;
  #lastLimit = 0;
  #lastElsewhere = new Map<GatewayPeer, string>();
  /** Paths at which a gateway of this service has listened. */
  readonly #sockets = new Set<string>();

  constructor(deps: GatewaysDeps, parts: GatewaysParts) {
    this.#deps = deps;
    this.#parts = parts;
    this.supervisor = new Supervisor(supervision(deps), {
      log: deps.log,
      onWorkerLine: (id, _stream, line) => deps.log.warn({ gateway: id }, `[Gateway ${id}] ${line}`),
    });
  }

  get figures(): GatewaysFigures {
    const { workers: wanted, ready, restarts, members } = this.supervisor.status();
    const loads = new Map([...this.#ready].map(({ registration, load }) => [registration.id, load]));
    const processes = members.map(({ id, state, pid, memory, cpu }) => ({
      ...{ id, state, connections: loads.get(id)?.connections ?? 0, in_flight: loads.get(id)?.inFlight ?? 0 },
      ...(pid !== undefined && { pid }),
      ...(memory !== undefined && { memory }),
      ...(cpu !== undefined && { cpu }),
    }));
    return { wanted, ready, restarts, processes };
  }

  /**
   * Starts the processes; resolves when all accept connections.
   * @throws the error of a gateway that cannot open; UNAVAILABLE if they are not ready within 30 s.
   */
  async start(): Promise<void> {
    this.supervisor.start();
    this.#ticker = startInterval(() => {
      this.#tellElsewhere();
      this.#tellLimit();
    }, TELL_EVERY).unref();
    const timer = setTimeout(() => this.#firstReady.reject(NOT_READY), READY_TIMEOUT);
    await this.#firstReady.promise.finally(() => clearTimeout(timer));
  }

  /** Drains and stops the processes; with `force`, kills them. */
  async stop(force = false): Promise<void> {
    clearInterval(this.#ticker);
    this.#firstReady.reject(new XsysError("CANCELLED", "the service was stopped before its gateways were ready"));
    this.#firstReady.promise.catch(() => {});
    await this.supervisor.stop(force);
    for (const socket of this.#sockets) rmSync(socket, { force: true }); // a killed gateway leaves it
  }

  broadcast(type: string, payload: unknown): void {
    for (const gateway of this.#ready) gateway.send(type, payload);
  }

  /** @throws DENIED for a process that was not started by this service; UNSUPPORTED for one of another version. */
  admit(peer: RolePeer, registration: unknown): RoleInbox {
    const checked = checkedRegistration(registration);
    if (checked === undefined || !this.supervisor.expects(checked.id, checked.key)) {
      throw new XsysError("DENIED", "this service has started no gateway with this key");
    }
    this.#refuseOtherVersion(checked);
    const gateway = new GatewayPeer(peer, checked, `${this.#deps.socket}.g${checked.id}`);
    gateway.onGone(() => this.#gone(gateway));
    // Of a killed process with this id. Any other file is left to the gateway, which refuses it.
    if (this.#sockets.has(gateway.socket)) rmSync(gateway.socket, { force: true });
    const { configuration } = this.#deps;
    gateway.send("GatewayConfiguration", { ...configuration, socket: gateway.socket } satisfies GatewayConfiguration);
    return {
      takes: MESSAGES,
      maxFrame: DEFAULT_MAX_FRAME, // a gateway reports what clients cannot bound, such as its series of metrics
      message: (message) => this.#take(gateway, message),
      xbpResponse: () => {},
      chunk: () => {},
    };
  }

  /** The program may have been replaced since the service was started. */
  #refuseOtherVersion({ id, version }: RegisterGateway): void {
    if (version === VERSION) return;
    const why = `gateway ${id} has version ${version}, and this service ${VERSION}: restart the service`;
    this.#deps.log.error({ gateway: id }, why);
    throw new XsysError("UNSUPPORTED", why);
  }

  #take(gateway: GatewayPeer, { type, payload, id }: Message): void {
    const { pool, passages, breaker, quality } = this.#parts;
    if (type === "PassGates") passages.take(gateway, payload as GatesBatch);
    else if (type === "Load") this.#loaded(gateway, payload as GatewayLoad);
    else if (type === "WorkerIdle") pool.workerIdle(gateway, payload as WorkerIdle);
    else if (type === "WorkerJoined") pool.joined(gateway, payload as WorkerJoined);
    else if (type === "WorkerLeft") pool.workerLeft(gateway, payload as WorkerLeft);
    else if (type === "WorkerFault") pool.workerFault(payload as WorkerFault);
    else if (type === "Isolate") pool.isolate(gateway, payload as JobNumber);
    else if (type === "Forget") pool.forget(gateway, payload as JobNumber);
    else if (type === "BreakerResult") breaker?.result(payload as BreakerResult);
    else if (type === "MayTry") breaker?.answer(gateway, id ?? 0);
    else if (type === "Observed") observe(quality, payload as Observed);
    else if (type === "Figures") gateway.tookFigures(payload as GatewayFigures, id);
    else if (type === "StatusPage") this.#page(gateway, payload as StatusPageQuestion, id);
    else if (type === "Log") logFrom(this.#deps.log, gateway.registration.id, (payload as LogLine).line);
    else if (type === "Pong") gateway.pong();
    else if (type === "Drained") gateway.drained();
    else if (type === "GatewayReady") this.#opened(gateway);
    else if (type === "GatewayFailed") this.#failed(gateway, payload as GatewayFailed);
  }

  #opened(gateway: GatewayPeer): void {
    const { pool, breaker, figures } = this.#parts;
    gateway.isReady = true;
    this.#sockets.add(gateway.socket);
    this.#ready.add(gateway);
    figures.add(gateway);
    breaker?.tell(gateway);
    pool.addGateway(gateway);
    void this.supervisor.adopt(channelOf(gateway)); // it has no requests that must be judged
    this.#lastLimit = 0;
    this.#tellLimit();
    if (this.#ready.size === this.#deps.count) this.#firstReady.resolve();
  }

  #failed(gateway: GatewayPeer, { code, message }: GatewayFailed): void {
    const { id } = gateway.registration;
    this.#deps.log.error({ gateway: id, code }, `gateway ${id} cannot open: ${message}`);
    this.#firstReady.reject(new XsysError(code as XsysError["code"], message));
    this.#firstReady.promise.catch(() => {}); // it may have been ready before
    gateway.close();
  }

  #gone(gateway: GatewayPeer): void {
    this.#lastElsewhere.delete(gateway);
    if (!this.#ready.delete(gateway)) return;
    this.#parts.passages.gone(gateway);
    this.#parts.figures.remove(gateway);
    this.#parts.pool.removeGateway(gateway);
    this.#tellLimit();
  }

  #loaded(gateway: GatewayPeer, load: GatewayLoad): void {
    const { connections } = gateway.load;
    gateway.load = load;
    this.#parts.pool.loadChanged(gateway);
    if (load.connections >= this.#lastLimit) for (const other of this.#ready) other.checkResponds();
    if (connections !== load.connections) this.#tellLimit();
  }

  /** A gateway at its limit waits for a new one, so it is told at once. Gateways that hang do not count. */
  #tellLimit(): void {
    const responding = [...this.#ready].filter(({ responds }) => responds);
    const connections = acceptLimit(responding.map(({ load }) => load.connections));
    const isFull = responding.some(({ load }) => load.connections >= connections);
    if (connections === this.#lastLimit && !isFull) return;
    this.#lastLimit = connections;
    this.broadcast("AcceptUpTo", { connections } satisfies AcceptUpTo);
  }

  #tellElsewhere(): void {
    if (!this.#deps.configuration.shared.countsElsewhere) return;
    const all = [...this.#ready];
    for (const gateway of all) {
      const workers: Record<string, number> = {};
      for (const other of all) {
        if (other === gateway) continue;
        for (const [worker, { active }] of Object.entries(other.load.workers)) {
          workers[worker] = (workers[worker] ?? 0) + active;
        }
      }
      const text = JSON.stringify(workers);
      if (text === this.#lastElsewhere.get(gateway)) continue;
      this.#lastElsewhere.set(gateway, text);
      gateway.send("Elsewhere", { workers } satisfies Elsewhere);
    }
  }

  #page(gateway: GatewayPeer, { page }: StatusPageQuestion, id: number | undefined): void {
    this.#parts.page(page).then(
      (answer) => gateway.send("StatusPage", answer, id),
      (error: unknown) => {
        this.#deps.log.error({ err: error }, `an internal error while creating the page ${page}`);
        const body = '{"error":"Internal Server Error"}';
        gateway.send("StatusPage", { status: 500, headers: { "content-type": "application/json" }, body }, id);
      },
    );
  }
}

/** Undefined if it is not that of a gateway. */
function checkedRegistration(registration: unknown): RegisterGateway | undefined {
  const { id, key, pid, version } = (registration ?? {}) as Partial<Record<keyof RegisterGateway, unknown>>;
  if (typeof id !== "string" || typeof key !== "string" || !Number.isSafeInteger(pid)) return undefined;
  return { id, key, pid: pid as number, version: typeof version === "string" ? version : "unknown" };
}

function observe(quality: Quality | undefined, { samples }: Observed): void {
  for (let at = 0; at + 1 < samples.length; at += 2) {
    quality?.observe(samples[at] as number, samples[at + 1] as number);
  }
}
