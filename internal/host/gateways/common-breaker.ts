import type { BreakerResult, BreakerState, MayTry } from "../../../protocol/wire/gateway.ts";
import { createBreaker, type OwnBreaker } from "../../gateway/limits/breaker.ts";
import type { BreakerOptions } from "../../gateway/options.ts";
import type { GatewayPeer } from "./gateway-peer.ts";

/** The breaker of all gateways together: counts the results that they report, and tells them when it opens or closes. */
export class CommonBreaker {
  readonly #breaker: OwnBreaker;
  readonly #timeout: number;
  readonly #broadcast: (type: string, payload: unknown) => void;
  #openedAt = 0;
  #lastTold = { isOpen: false, hasFailures: false };

  constructor(options: BreakerOptions, broadcast: (type: string, payload: unknown) => void) {
    this.#breaker = createBreaker(options);
    this.#timeout = options.timeout;
    this.#broadcast = broadcast;
  }

  /** Tells a new gateway the state. */
  tell(gateway: GatewayPeer): void {
    gateway.send("BreakerState", this.#state);
  }

  result({ failed }: BreakerResult): void {
    if (failed) this.#breaker.failed();
    else this.#breaker.succeeded();
    this.#tellChange();
  }

  /** A gateway asks whether one of its requests may be the trial of an open breaker. */
  answer(gateway: GatewayPeer, id: number): void {
    gateway.send("MayTry", { allowed: this.#breaker.allows() } satisfies MayTry, id);
  }

  get #state(): BreakerState {
    const { isOpen, hasFailures } = this.#breaker;
    const closedFor = isOpen ? Math.max(0, this.#openedAt + this.#timeout - performance.now()) : 0;
    return { isOpen, hasFailures, closedFor };
  }

  #tellChange(): void {
    const { isOpen, hasFailures } = this.#breaker;
    const isNew = isOpen !== this.#lastTold.isOpen || hasFailures !== this.#lastTold.hasFailures;
    if (!isNew) return;
    if (isOpen) this.#openedAt = performance.now();
    this.#lastTold = { isOpen, hasFailures };
    this.#broadcast("BreakerState", this.#state);
  }
}
