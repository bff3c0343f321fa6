import type { Strategy } from "../../balance/candidate.ts";
import { createStrategy } from "../../balance/create-strategy.ts";
import type { ProxyOptions } from "../options.ts";
import { parseUpstreams } from "./parse-upstream.ts";
import { Upstream } from "./upstream.ts";

/** All servers that requests are passed on to, and which of them may be given the next. */
export class Upstreams {
  readonly all: readonly Upstream[];
  readonly #strategy: Strategy;
  #fit: readonly Upstream[];

  /** @throws INVALID_PARAMS */
  constructor(options: ProxyOptions) {
    this.all = parseUpstreams(options.upstreams).map(
      (address) => new Upstream(address, options, () => this.#chooseFit()),
    );
    this.#strategy = createStrategy(options.strategy);
    this.#fit = this.all;
  }

  /** The next one for a client, of those not tried; one that rests only where there is no other. */
  pick(client: string, tried: ReadonlySet<Upstream>): Upstream | undefined {
    if (tried.size === 0) return this.#strategy.pick(this.#fit, client);
    const rest = this.#fit.filter((upstream) => !tried.has(upstream));
    return this.#strategy.pick(rest.length > 0 ? rest : this.#passing().filter((one) => !tried.has(one)), client);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((upstream) => upstream.close()));
  }

  #chooseFit(): void {
    const passing = this.#passing();
    const rested = passing.filter(({ health }) => !health.isResting);
    this.#fit = rested.length > 0 ? rested : passing;
  }

  #passing(): Upstream[] {
    return this.all.filter(({ health }) => health.passes);
  }
}
