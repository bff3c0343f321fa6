import type { Strategy } from "../../balance/candidate.ts";
import { createStrategy } from "../../balance/create-strategy.ts";
import type { ProxyOptions } from "../options.ts";
import { parseUpstreams } from "./parse-upstream.ts";
import { Upstream } from "./upstream.ts";

/** All upstreams, and the selection of one for each request. */
export class Upstreams {
  readonly all: readonly Upstream[];
  readonly #strategy: Strategy;
  #usable: readonly Upstream[];

  /** @throws INVALID_PARAMS */
  constructor(options: ProxyOptions) {
    this.all = parseUpstreams(options.upstreams).map(
      (address) => new Upstream(address, options, () => this.#updateUsable()),
    );
    this.#strategy = createStrategy(options.strategy);
    this.#usable = this.all;
  }

  /** Picks an upstream that was not tried yet. A suspended one is picked only if there is no other. */
  pick(client: string, tried: ReadonlySet<Upstream>): Upstream | undefined {
    if (tried.size === 0) return this.#strategy.pick(this.#usable, client);
    const rest = this.#usable.filter((upstream) => !tried.has(upstream));
    return this.#strategy.pick(rest.length > 0 ? rest : this.#passing().filter((one) => !tried.has(one)), client);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((upstream) => upstream.close()));
  }

  #updateUsable(): void {
    const passing = this.#passing();
    const available = passing.filter(({ health }) => !health.isSuspended);
    this.#usable = available.length > 0 ? available : passing;
  }

  #passing(): Upstream[] {
    return this.all.filter(({ health }) => health.passes);
  }
}
