import type { AbandonedRequest } from "./abandoned-requests.ts";
import type { RequestInFlight } from "./channel.ts";
import { pathOf } from "./convictions.ts";

/** Characters of a path and of a query that are told. */
const MAX_PATH = 1_024;
const MAX_QUERY = 256;

/** A request that a worker has, as its supervision is told of it. */
export class DescribedJob {
  readonly #request: AbandonedRequest["request"];
  /** What it was found to be at the worker's death. */
  verdict: "suspect" | "convicted" | undefined;
  readonly #age: number;

  constructor({ request, sentAt }: AbandonedRequest) {
    this.#request = request;
    this.#age = performance.now() - sentAt;
  }

  /** Of the query only where it is needed to find what ended the worker: there may be secrets in it. */
  get description(): RequestInFlight {
    const { method, url } = this.#request;
    const path = pathOf(url);
    const query = url.slice(path.length + 1, path.length + 1 + MAX_QUERY);
    const { verdict } = this;
    return {
      method,
      path: path.slice(0, MAX_PATH),
      ...(verdict === "convicted" && query !== "" && { query }),
      ...(verdict !== undefined && { verdict }),
      age: this.#age,
    };
  }
}

/** Those that were convicted first, then the oldest. */
export function described(jobs: readonly DescribedJob[], limit: number): readonly RequestInFlight[] {
  const isConvicted = ({ verdict }: DescribedJob) => Number(verdict === "convicted");
  return jobs
    .toReversed() // the latest come first
    .toSorted((a, b) => isConvicted(b) - isConvicted(a))
    .slice(0, limit)
    .map(({ description }) => description);
}
