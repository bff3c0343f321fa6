import type { AbandonedRequest } from "./abandoned-requests.ts";
import type { RequestInFlight } from "./channel.ts";
import { pathOf } from "./convictions.ts";

/** Maximum characters of a path and of a query in a description. */
const MAX_PATH = 1_024;
const MAX_QUERY = 256;

/** A request in flight, as reported to the supervisor. */
export class DescribedJob {
  readonly #request: AbandonedRequest["request"];
  /** Set when the worker dies. */
  verdict: "suspect" | "convicted" | undefined;
  /** Milliseconds since it was sent. */
  readonly age: number;

  /** `sentAt` by performance.now(). */
  constructor({ request, sentAt }: AbandonedRequest) {
    this.#request = request;
    this.age = performance.now() - sentAt;
  }

  /** Contains the query only for convicted requests, where it helps to find the bug: a query may contain secrets. */
  get description(): RequestInFlight {
    const { method, url } = this.#request;
    const path = pathOf(url);
    const query = url.slice(path.length + 1, path.length + 1 + MAX_QUERY);
    const { verdict, age } = this;
    return {
      method,
      path: path.slice(0, MAX_PATH),
      ...(verdict === "convicted" && query !== "" && { query }),
      ...(verdict !== undefined && { verdict }),
      age,
    };
  }
}

/** Convicted requests first, then the oldest. */
export function described(jobs: readonly DescribedJob[], limit: number): readonly RequestInFlight[] {
  const isConvicted = ({ verdict }: DescribedJob) => Number(verdict === "convicted");
  return jobs
    .toReversed() // the input has the latest first
    .toSorted((a, b) => isConvicted(b) - isConvicted(a))
    .slice(0, limit)
    .map(({ description }) => description);
}
