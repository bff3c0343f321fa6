import type { GatewayFigures } from "../../../protocol/wire/gateway.ts";
import { Metrics, type Series } from "../../gateway/observe/metrics.ts";
import type { CountedRequests } from "../../gateway/observe/status-sources.ts";
import type { GatewayPeer } from "./gateway-peer.ts";

/** Milliseconds for a gateway to report its figures. After that, the latest known ones are used. */
const ANSWER_TIMEOUT = 500;

/** The figures of all gateways together. Those of ended gateways are kept, so that counters never decrease. */
export class CommonFigures implements CountedRequests {
  readonly #gateways = new Set<GatewayPeer>();
  /** Of ended gateways. */
  readonly #remainder = new Metrics();
  #sum = new Metrics();
  #updating: Promise<void> | undefined;

  add(gateway: GatewayPeer): void {
    this.#gateways.add(gateway);
  }

  remove(gateway: GatewayPeer): void {
    if (!this.#gateways.delete(gateway)) return;
    for (const series of gateway.figures?.series ?? []) this.#remainder.add(series);
  }

  get total(): number {
    return this.#sum.total;
  }

  get failed(): number {
    return this.#sum.failed;
  }

  get series(): readonly Series[] {
    return this.#sum.series;
  }

  get inFlight(): number {
    return this.#over(({ inFlight }) => inFlight);
  }

  /** Requests that wait for a worker. */
  get queued(): number {
    return this.#over(({ queued }) => queued);
  }

  /** Asks all gateways for their figures; once for all callers at the same time. */
  update(): Promise<void> {
    this.#updating ??= this.#update().finally(() => {
      this.#updating = undefined;
    });
    return this.#updating;
  }

  async #update(): Promise<void> {
    await within(Promise.all([...this.#gateways].map((gateway) => gateway.askFigures())));
    const sum = new Metrics();
    for (const series of this.#remainder.series) sum.add(series);
    for (const { figures } of this.#gateways) for (const series of figures?.series ?? []) sum.add(series);
    this.#sum = sum;
  }

  #over(value: (figures: GatewayFigures) => number): number {
    let sum = 0;
    for (const { figures } of this.#gateways) sum += figures === undefined ? 0 : value(figures);
    return sum;
  }
}

/** Resolves when the answers have arrived, or after ANSWER_TIMEOUT. */
async function within(answers: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ANSWER_TIMEOUT);
  await Promise.race([answers, over]);
  clearTimeout(timer);
}
