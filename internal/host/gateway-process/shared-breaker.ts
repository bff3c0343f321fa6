import type { BreakerResult, BreakerState, MayTry } from "../../../protocol/wire/gateway.ts";
import type { Breaker } from "../../gateway/limits/breaker.ts";
import type { ServiceLink } from "../../ipc/service-link.ts";

/**
 * The breaker of all gateways together, which the service decides about. A gateway asks it only while the breaker is
 * open, and reports successes only while there are failures: while all is well, requests cost nothing here.
 */
export class SharedBreaker implements Breaker {
  readonly #link: ServiceLink;
  #isOpen = false;
  #hasFailures = false;
  /** Until when an open breaker refuses every request, by performance.now(). */
  #closedUntil = 0;

  constructor(link: ServiceLink) {
    this.#link = link;
  }

  update({ isOpen, hasFailures, closedFor }: BreakerState): void {
    this.#isOpen = isOpen;
    this.#hasFailures = hasFailures;
    this.#closedUntil = performance.now() + closedFor;
  }

  allows(): boolean | Promise<boolean> {
    if (!this.#isOpen) return true;
    if (performance.now() < this.#closedUntil) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#link.ask("MayTry", null, (payload) => resolve((payload as MayTry).allowed));
    return promise;
  }

  succeeded(): void {
    if (this.#isOpen || this.#hasFailures) this.#report({ failed: false });
  }

  failed(): void {
    this.#hasFailures = true; // the success of the next request must follow this failure
    this.#report({ failed: true });
    this.#link.flush(); // the next request may be for another gateway
  }

  #report(result: BreakerResult): void {
    this.#link.send("BreakerResult", result);
  }
}
