import { buildConnector, Pool } from "undici";
import { withinTimer } from "../../../protocol/timers.ts";
import type { Candidate } from "../../balance/candidate.ts";
import { Latency } from "../../balance/latency.ts";
import { Health } from "./health.ts";
import { acceptContinue } from "./interim-answers.ts";
import type { UpstreamAddress } from "./parse-upstream.ts";

export interface UpstreamTimes {
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly idleTimeout: number;
}

/**
 * Milliseconds that a failure counts as: who fails at once would have the best time of all, or none for ever, and so every
 * request first.
 */
const TIME_OF_FAILURE = 10_000;

/** A server that requests are passed on to, and its connections. */
export class Upstream implements Candidate {
  readonly address: UpstreamAddress;
  readonly pool: Pool;
  readonly health: Health;
  readonly #latency = new Latency();
  /** Requests and tunnels that have not ended. */
  active = 0;
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

  /** Requests without an answer of its own, or with one that broke off. */
  get failures(): number {
    return this.#failures;
  }

  get latency(): number | undefined {
    return this.#latency.value;
  }

  /** Its answer began, as many milliseconds after the request. */
  answered(ms: number): void {
    this.#latency.record(ms);
    this.health.reached();
  }

  /** It did not answer, or not to the end. */
  failed(): void {
    this.#failures += 1;
    this.#latency.record(TIME_OF_FAILURE);
  }

  async close(): Promise<void> {
    this.health.close();
    await this.pool.destroy();
  }
}

/** By the upstream's own name: undici takes the one in `host` for TLS, which is the client's word. */
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
