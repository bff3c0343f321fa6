import { setImmediate } from "node:timers/promises";
import { buildConnector, Pool } from "undici";
import { withinTimer } from "../../../protocol/timers.ts";
import type { Candidate } from "../../balance/candidate.ts";
import { Latency } from "../../balance/latency.ts";
import type { Loss } from "../../workers/loss.ts";
import { Health } from "./health.ts";
import { acceptContinue } from "./interim-answers.ts";
import type { UpstreamAddress } from "./parse-upstream.ts";

export interface UpstreamTimes {
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly idleTimeout: number;
}

/**
 * Latency in milliseconds that is recorded for a failure. Otherwise an upstream that fails at once would have the best
 * latency or none, and get every request first.
 */
const TIME_OF_FAILURE = 10_000;

/** A server that requests are forwarded to, with its connections. */
export class Upstream implements Candidate {
  readonly address: UpstreamAddress;
  readonly pool: Pool;
  readonly health: Health;
  readonly #latency = new Latency();
  /** Called after each failure. */
  onFailed: () => void = () => {};
  /** Resolves with the reason when its process has ended. Undefined if it is not known what its process is. */
  whyLost: Promise<Loss> | undefined;
  #active = 0;
  readonly #onIdle: (() => void)[] = [];
  #failures = 0;

  constructor(address: UpstreamAddress, { connectTimeout, idleTimeout }: UpstreamTimes, onHealthChange: () => void) {
    this.address = address;
    this.health = new Health(onHealthChange);
    const keepAlive = withinTimer(Math.max(1, idleTimeout));
    this.pool = new Pool(address.origin, {
      allowH2: false,
      connect: connector(connectTimeout),
      keepAliveTimeout: keepAlive,
      keepAliveMaxTimeout: keepAlive,
    });
  }

  get key(): string {
    return this.address.origin;
  }

  get weight(): number {
    return this.address.weight;
  }

  /** Number of open requests and tunnels. */
  get active(): number {
    return this.#active;
  }

  set active(active: number) {
    this.#active = active;
    if (active === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves when it has neither requests nor tunnels. */
  async idle(): Promise<void> {
    do {
      if (this.#active > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
      await setImmediate(); // an accepted upgrade counts as none until its tunnel is open
    } while (this.#active > 0);
  }

  /** Number of requests without an answer, or whose answer broke off. */
  get failures(): number {
    return this.#failures;
  }

  get latency(): number | undefined {
    return this.#latency.value;
  }

  /** Records that an answer began `ms` milliseconds after the request. */
  answered(ms: number): void {
    this.#latency.record(ms);
    this.health.reached();
  }

  /** Records that the upstream did not answer, or that its answer broke off. */
  failed(): void {
    this.#failures += 1;
    this.#latency.record(TIME_OF_FAILURE);
    this.onFailed();
  }

  async close(): Promise<void> {
    this.health.close();
    await this.pool.destroy();
  }
}

/** Uses the upstream's name for TLS. undici would use the Host header, which is the client's. */
function connector(timeout: number): buildConnector.connector {
  const connect = buildConnector({ timeout: withinTimer(timeout), allowH2: false });
  return (options, done) => {
    connect({ ...options, servername: "" }, (...result) => {
      const [error, socket] = result;
      if (error === null) acceptContinue(socket);
      done(...result);
    });
  };
}
