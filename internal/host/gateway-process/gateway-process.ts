import { closeSync } from "node:fs";
import { pino, stdTimeFunctions } from "pino";
import { XsysError } from "../../../protocol/errors.ts";
import { startInterval } from "../../../protocol/timers.ts";
import type {
  AcceptUpTo,
  BreakerState,
  Convicted,
  Elsewhere,
  GatewayConfiguration,
  GatewayFigures,
  GatewayLoad,
  JobNumber,
  LogLine,
  Observed,
  PassedBatch,
  StatusPageAnswer,
  Trial,
  Verdict,
  WorkerGone,
  WorkerState,
  WorkersExpected,
} from "../../../protocol/wire/gateway.ts";
import type { Message } from "../../../protocol/wire/message.ts";
import type { Logger } from "../../base/log.ts";
import { VERSION } from "../../base/version.ts";
import type { Answer } from "../../gateway/exchange/answer.ts";
import { AcceptShare } from "../../gateway/listener/accept-share.ts";
import type { PageName } from "../../gateway/observe/status-pages.ts";
import { type OpenGateway, openGateway } from "../../gateway/open-gateway.ts";
import type { GatewayOptions } from "../../gateway/options.ts";
import { CallStatistics } from "../../ipc/call-statistics.ts";
import { duplicate } from "../../ipc/held-socket.ts";
import { IpcServer } from "../../ipc/ipc-server.ts";
import { DEFAULT_LIMITS } from "../../ipc/limits.ts";
import type { ServiceLink } from "../../ipc/service-link.ts";
import { IdleMemory } from "../../memory/idle-memory.ts";
import { SharedBreaker } from "./shared-breaker.ts";
import { SharedGate } from "./shared-gate.ts";
import { SharedWorkers } from "./shared-workers.ts";

/** Milliseconds between two reports of the load. */
const REPORT_EVERY = 100;
/** The same for what it has counted. */
const FIGURES_EVERY = 2_000;
/** Connections that a gateway accepts before the service has told it the first limit. */
const FIRST_LIMIT = 8;
/** Observed requests that are kept for the next report; more say nothing more about the network quality. */
const MAX_SAMPLES = 200;

/** A gateway in its own process, with what it shares with the other gateways of its service. */
export class GatewayProcess {
  /** Resolves when it was asked to end and has answered its requests. */
  readonly ended: Promise<void>;
  readonly #link: ServiceLink;
  readonly #configuration: GatewayConfiguration;
  readonly #descriptor: number;
  readonly #log: Logger;
  readonly #workers: SharedWorkers;
  readonly #breaker: SharedBreaker;
  readonly #gate: SharedGate | undefined;
  readonly #memory: IdleMemory;
  readonly #settleEnded: () => void;
  readonly #samples: number[] = [];
  #gateway!: OpenGateway;
  #share!: AcceptShare;
  #workerSocket!: IpcServer;
  readonly #reporters: NodeJS.Timeout[] = [];
  #lastLoad = "";
  #lastTotal = 0;
  #draining: Promise<void> | undefined;

  /** Resolves when it accepts connections. @throws the system's error, or that of an invalid option. */
  static async open(
    link: ServiceLink,
    configuration: GatewayConfiguration,
    descriptor: number,
  ): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(link, configuration, descriptor);
    await gateway.#open();
    return gateway;
  }

  private constructor(link: ServiceLink, configuration: GatewayConfiguration, descriptor: number) {
    this.#link = link;
    this.#configuration = configuration;
    this.#descriptor = descriptor;
    this.#log = remoteLog(link, configuration.logLevel);
    this.#workers = new SharedWorkers(link);
    this.#breaker = new SharedBreaker(link);
    const { gates } = configuration.shared;
    this.#gate = gates && new SharedGate(link, gates);
    this.#memory = new IdleMemory(this.#log);
    ({ promise: this.ended, resolve: this.#settleEnded } = Promise.withResolvers<void>());
  }

  /** Accepts no more connections, answers the requests in flight, and ends. */
  async end(): Promise<void> {
    await this.#drain();
    this.#settleEnded();
  }

  /** Ends at once. The connections to workers are not closed one by one: the end of this process closes them. */
  close(): void {
    for (const reporter of this.#reporters) clearInterval(reporter);
    this.#share.stop();
    this.#workerSocket.release();
  }

  async #open(): Promise<void> {
    const { maxFrame, socket, options, shared } = this.#configuration;
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(event, (error: unknown) => this.#log.error({ err: error }, "unexpected error in a gateway"));
    }
    const page = (name: PageName) => () => this.#page(name);
    this.#gateway = await openGateway(options as GatewayOptions, {
      log: this.#log,
      maxFrame,
      workers: () => ({ wanted: 0, restarts: 0, states: {}, memory: [] }), // the service shows them
      onAnswered: () => this.#memory.worked(),
      shared: {
        judge: this.#workers.judge,
        pages: { status: page("status"), health: page("health"), metrics: page("metrics") },
        gate: this.#gate?.gate,
        breaker: shared.hasBreaker ? this.#breaker : undefined,
        quality: shared.hasQuality ? { observe: (...sample) => this.#observe(sample) } : undefined,
      },
    });
    this.#gateway.pool.source = this.#workers;
    this.#workerSocket = this.#createWorkerSocket(socket, maxFrame);
    await this.#workerSocket.listen();
    this.#link.onMessage = (message) => this.#take(message);
    await this.#accept();
    this.#reporters.push(
      startInterval(() => this.#report(), REPORT_EVERY),
      startInterval(() => this.#reportFigures(), FIGURES_EVERY),
    );
    this.#link.send("GatewayReady", null);
  }

  async #accept(): Promise<void> {
    const { server } = this.#gateway;
    this.#share = new AcceptShare(
      {
        get connections() {
          return server.connections;
        },
        pause: () => server.pause(),
        resume: () => this.#resume(),
      },
      FIRST_LIMIT,
      () => this.#reportLoad(),
    );
    server.onConnection(() => this.#share.accepted());
    await server.listenOn(duplicate(this.#descriptor));
  }

  #resume(): void {
    const failed = (error: unknown) => {
      this.#log.error({ err: error }, "a gateway cannot accept connections: it is replaced");
      void this.end();
    };
    try {
      this.#gateway.server.listenOn(duplicate(this.#descriptor)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #createWorkerSocket(socket: string, maxFrame: number): IpcServer {
    const refuse = () => {
      throw new XsysError("UNSUPPORTED", "a gateway runs no commands: connect to the socket of its service");
    };
    return new IpcServer({
      socket,
      router: { call: refuse },
      limits: { ...DEFAULT_LIMITS, maxFrame },
      statistics: new CallStatistics(() => false),
      log: this.#log,
      hello: () => ({ protocol: 1, version: VERSION, pid: process.pid, limits: NO_LIMITS, commands: [] }),
      roles: [this.#gateway.pool],
    });
  }

  #take({ type, id, payload }: Message): void {
    const workers = this.#workers;
    if (type === "Passed") this.#gate?.take(payload as PassedBatch);
    else if (type === "WorkerState") workers.setState(payload as WorkerState);
    else if (type === "WorkerGone") workers.gone(payload as WorkerGone);
    else if (type === "Verdict") workers.decide(payload as Verdict);
    else if (type === "Assign") workers.assign(payload as JobNumber);
    else if (type === "Trial") workers.try(payload as Trial);
    else if (type === "WorkersExpected") workers.expect(payload as WorkersExpected);
    else if (type === "Convicted") workers.convict((payload as Convicted).convictions);
    else if (type === "Elsewhere") workers.setElsewhere((payload as Elsewhere).workers);
    else if (type === "AcceptUpTo") this.#share.allow((payload as AcceptUpTo).connections);
    else if (type === "BreakerState") this.#breaker.update(payload as BreakerState);
    else if (type === "Figures") this.#link.send("Figures", this.#figures(), id);
    else if (type === "Ping") this.#link.send("Pong", {}, id);
    else if (type === "Drain") void this.#drain().then(() => this.#link.send("Drained", null));
  }

  #drain(): Promise<void> {
    this.#draining ??= this.#stopAccepting();
    return this.#draining;
  }

  async #stopAccepting(): Promise<void> {
    this.#share.stop();
    closeSync(this.#descriptor);
    await this.#gateway.drain(this.#configuration.drainTimeout);
    this.#report();
    this.#reportFigures();
  }

  #page(page: PageName): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#link.ask("StatusPage", { page }, (payload) => {
      const { body, ...head } = payload as StatusPageAnswer;
      resolve({ ...head, body: Buffer.from(body) });
    });
    return promise;
  }

  #observe(sample: readonly [milliseconds: number, bytes: number]): void {
    if (this.#samples.length < 2 * MAX_SAMPLES) this.#samples.push(...sample);
  }

  #figures(): GatewayFigures {
    const { observer, pool, server } = this.#gateway;
    return {
      inFlight: observer.inFlight,
      queued: pool.waiting,
      connections: server.connections,
      series: observer.metrics.series.map((series) => ({ ...series, buckets: [...series.buckets] })),
    };
  }

  #report(): void {
    if (this.#samples.length > 0) this.#link.send("Observed", { samples: this.#samples.splice(0) } satisfies Observed);
    this.#reportLoad();
  }

  /** So that little is lost of the counts if this process is killed. */
  #reportFigures(): void {
    const { total } = this.#gateway.observer.metrics;
    if (total === this.#lastTotal) return;
    this.#lastTotal = total;
    this.#link.send("Figures", this.#figures());
  }

  #reportLoad(): void {
    const { server, observer } = this.#gateway;
    const load: GatewayLoad = {
      connections: server.connections,
      inFlight: observer.inFlight,
      workers: this.#workers.load(),
    };
    const text = JSON.stringify(load);
    if (text === this.#lastLoad) return;
    this.#lastLoad = text;
    this.#link.send("Load", load);
  }
}

const NO_LIMITS = { frame: DEFAULT_LIMITS.maxFrame, inflight: 0, connections: DEFAULT_LIMITS.maxConnections };

/** A log whose records the service writes to its own. */
function remoteLog(link: ServiceLink, level: string): Logger {
  return pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime },
    { write: (line: string) => link.send("Log", { line } satisfies LogLine) },
  );
}
