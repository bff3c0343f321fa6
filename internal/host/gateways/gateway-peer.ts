import type { GatewayFigures, GatewayLoad, RegisterGateway, ReportedJob } from "../../../protocol/wire/gateway.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import type { RolePeer } from "../../ipc/role.ts";
import type { Failure } from "../../workers/job.ts";
import { type JobOwner, RemoteJob } from "./remote-job.ts";

const NO_LOAD: GatewayLoad = { connections: 0, inFlight: 0, workers: {} };
/** Milliseconds for an answer to `checkResponds`. */
const RESPONDS_WITHIN = 250;

/** The service's connection to a gateway process. */
export class GatewayPeer implements JobOwner {
  readonly registration: RegisterGateway;
  /** Where the gateway listens for workers. */
  readonly socket: string;
  /** It accepts connections. */
  isReady = false;
  load: GatewayLoad = NO_LOAD;
  /** The latest that it has reported. */
  figures: GatewayFigures | undefined;
  readonly #peer: RolePeer;
  readonly #jobs = new Map<number, RemoteJob<GatewayPeer>>();
  readonly #asked = new Map<number, () => void>();
  readonly #pings: (() => void)[] = [];
  readonly #drained = Promise.withResolvers<void>();
  /** When it was asked whether it responds, by performance.now(); 0 after its answer. */
  #checkedAt = 0;
  #isGone = false;
  #lastId = 0;

  constructor(peer: RolePeer, registration: RegisterGateway, socket: string) {
    this.#peer = peer;
    this.registration = registration;
    this.socket = socket;
    peer.onGone(() => this.#end());
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  send(type: string, payload: unknown, id?: number): void {
    if (!this.#isGone) this.#peer.writer.json(encodeMessage(type, payload, id));
  }

  /** Sends at once what is queued. */
  flush(): void {
    if (!this.#isGone) this.#peer.writer.flush();
  }

  /** Sends what is queued and closes the connection, which ends the process. */
  close(): void {
    this.#peer.close();
  }

  onGone(listener: (fault?: string) => void): void {
    this.#peer.onGone(listener);
  }

  verdict(job: number, failure: Failure): void {
    this.send("Verdict", { job, failure });
  }

  /** A job as the rules know it: the same object for the same number, because suspects are known by their identity. */
  jobOf(reported: ReportedJob): RemoteJob<GatewayPeer> {
    const job = this.#jobs.get(reported.job) ?? new RemoteJob<GatewayPeer>(this, reported);
    this.#jobs.set(reported.job, job);
    return job;
  }

  job(number: number): RemoteJob<GatewayPeer> | undefined {
    return this.#jobs.get(number);
  }

  forget(number: number): void {
    this.#jobs.delete(number);
  }

  get jobs(): readonly RemoteJob<GatewayPeer>[] {
    return [...this.#jobs.values()];
  }

  /** Resolves when it has reported its current figures, or when the connection is closed. */
  askFigures(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#isGone) resolve();
    this.#asked.set(++this.#lastId, resolve);
    this.send("Figures", null, this.#lastId);
    return promise;
  }

  tookFigures(figures: GatewayFigures, id: number | undefined): void {
    this.figures = figures;
    const { connections, inFlight } = figures;
    this.load = { ...this.load, connections, inFlight };
    if (id === undefined) return;
    this.#asked.get(id)?.();
    this.#asked.delete(id);
  }

  /** False if it hangs: it has not answered `checkResponds` in time. */
  get responds(): boolean {
    return this.#checkedAt === 0 || performance.now() - this.#checkedAt < RESPONDS_WITHIN;
  }

  checkResponds(): void {
    if (this.#checkedAt !== 0) return;
    this.#checkedAt = performance.now();
    void this.ping().then(() => {
      this.#checkedAt = 0;
    });
  }

  ping(): Promise<void> {
    this.send("Ping", {});
    return new Promise((resolve) => this.#pings.push(resolve));
  }

  pong(): void {
    for (const resolve of this.#pings.splice(0)) resolve();
  }

  /** Accepts no more connections; resolves when its requests are answered, or when the connection is closed. */
  drain(): Promise<void> {
    this.send("Drain", null);
    return this.#drained.promise;
  }

  drained(): void {
    this.#drained.resolve();
  }

  #end(): void {
    this.#isGone = true;
    this.isReady = false;
    this.#drained.resolve();
    for (const resolve of this.#asked.values()) resolve();
    this.#asked.clear();
  }
}
