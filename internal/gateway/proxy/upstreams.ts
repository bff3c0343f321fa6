import type { Strategy } from "../../balance/candidate.ts";
import { createStrategy } from "../../balance/create-strategy.ts";
import type { ProxyOptions } from "../options.ts";
import { parseUpstream, parseUpstreams, type UpstreamAddress } from "./parse-upstream.ts";
import { Upstream } from "./upstream.ts";

/** All upstreams, and the selection of one for each request. */
export class Upstreams {
  readonly #options: ProxyOptions;
  readonly #strategy: Strategy;
  readonly #onChange = new Set<() => void>();
  #all: readonly Upstream[];
  #usable: readonly Upstream[] = [];

  /** @throws INVALID_PARAMS */
  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#all = options.changing === undefined ? parseUpstreams(options.upstreams).map(this.#create) : [];
    this.#strategy = createStrategy(options.strategy);
    this.#updateUsable();
  }

  get all(): readonly Upstream[] {
    return this.#all;
  }

  /** Whether a request can be sent to one of them, as far as is known. */
  get hasAvailable(): boolean {
    return this.#usable.some(({ health }) => !health.isSuspended);
  }

  /** Creates an upstream that gets no requests until it is added. @throws INVALID_PARAMS */
  create(url: string): Upstream {
    return this.#create(parseUpstream(url));
  }

  /** It gets requests from now on. */
  add(upstream: Upstream): void {
    if (this.#all.includes(upstream)) return;
    this.#all = [...this.#all, upstream];
    this.#updateUsable();
  }

  /** It gets no more requests; those that it has go on. */
  remove(upstream: Upstream): void {
    if (!this.#all.includes(upstream)) return;
    this.#all = this.#all.filter((other) => other !== upstream);
    this.#updateUsable();
  }

  /** Calls the listener at each change of what can be picked, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#onChange.add(listener);
    return () => this.#onChange.delete(listener);
  }

  /** Picks an upstream that was not tried yet. A suspended one is picked only if there is no other. */
  pick(client: string, tried: ReadonlySet<Upstream>): Upstream | undefined {
    if (tried.size === 0) return this.#strategy.pick(this.#usable, client);
    const rest = this.#usable.filter((upstream) => !tried.has(upstream));
    return this.#strategy.pick(rest.length > 0 ? rest : this.#passing().filter((one) => !tried.has(one)), client);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((upstream) => upstream.close()));
  }

  readonly #create = (address: UpstreamAddress): Upstream =>
    new Upstream(address, this.#options, () => this.#updateUsable());

  #updateUsable(): void {
    const passing = this.#passing();
    const available = passing.filter(({ health }) => !health.isSuspended);
    this.#usable = available.length > 0 ? available : passing;
    for (const listener of this.#onChange) listener();
  }

  #passing(): Upstream[] {
    return this.#all.filter(({ health }) => health.passes);
  }
}
