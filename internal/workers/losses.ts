import type { Logger } from "../base/log.ts";
import { CONVICTED_FOR, Convictions, pathOf } from "./convictions.ts";
import type { Job } from "./job.ts";
import type { Loss } from "./loss.ts";
import type { SuspectLink } from "./suspect-link.ts";
import type { Death, Trials } from "./trials.ts";

/** Characters of a path in the log. */
const MAX_PATH = 1_024;

/**
 * Decides what happens to the unanswered requests of a lost worker, by the reason for the loss (see `Loss`). A request
 * may be the cause, and would crash one worker after the other if it were retried like others:
 *
 * ```
 *                     own, unknown                      answered
 *   in flight ───────────────────────▶ suspect ─ alone ─────────▶ done
 *       │  outside                        │ ▲
 *       ▼                                 │ └── outside: again, alone
 *   retried as `--retry-max` allows       │ own, unknown
 *                                         ▼
 *                                     502, and after `own`: convicted for a minute
 * ```
 *
 * - After a worker's own death, all requests that were in flight are suspects, because the cause is not known. Each is
 *   retried once, alone on its worker (`Trials`). The likeliest come first: the rarest method and path, and of these
 *   the latest.
 * - A suspect whose worker dies by itself during its trial is convicted: it is answered with 502, and its method and
 *   path are remembered. The other suspects of the first death are cleared and retried as normal requests.
 * - If a convicted method and path is in flight at a later death, that request is the cause: it is answered with 502
 *   and not retried. All others are retried at once, as normal requests.
 * - A death with an outside cause convicts no request. Suspects stay suspects.
 * - For a worker that is not a child process of this service, the cause is unknown. Its requests are suspects, so one
 *   that crashes workers takes down two of them and not `--retry-max`; but no method and path is remembered.
 * - An abandoned request (`AbandonedRequests`), whose client has disconnected or which has timed out, may crash a
 *   worker too. It is a suspect that is not retried. While a worker may still process one, no other request is alone
 *   there: the worker is chosen last for a trial, and a suspect that is on it at its death is not convicted.
 *
 * A request that may not be retried is always answered with 502 at once. Successful requests are not slowed down by any
 * of this: it starts at a worker's death.
 */
export class Losses {
  readonly #log: Logger;
  readonly #trials: Pick<Trials<SuspectLink>, "add" | "delete" | "release">;
  readonly #convictions: Convictions;
  /** The suspects, with the death that made them so. Each has been retried, or will be. */
  readonly #suspects = new WeakMap<Job, Death>();
  /** Jobs that wait for the reason of their worker's loss, one set per worker. */
  readonly #undecided = new Set<Set<Job>>();

  constructor(
    log: Logger,
    trials: Pick<Trials<SuspectLink>, "add" | "delete" | "release">,
    convictions: Convictions = new Convictions(),
  ) {
    this.#log = log;
    this.#trials = trials;
    this.#convictions = convictions;
  }

  /**
   * A worker was lost with these jobs unanswered, latest first. `whyLost` is absent if the reason will never be known.
   */
  left(link: SuspectLink, jobs: readonly Job[], whyLost: Promise<Loss> | undefined): void {
    const undecided = new Set(jobs.filter(({ mayRepeat }) => mayRepeat));
    for (const job of jobs) if (!undecided.has(job)) job.failed("lost");
    if (whyLost === undefined) {
      this.#decide(link, [...undecided], "unknown");
      return;
    }
    this.#undecided.add(undecided);
    void whyLost.then((loss) => {
      this.#undecided.delete(undecided);
      this.#decide(link, [...undecided], loss);
    });
  }

  /** A job is no longer needed. */
  abandon(job: Job): void {
    for (const undecided of this.#undecided) undecided.delete(job);
    this.#trials.delete(job);
  }

  /** Queues a suspect for a trial. */
  isolate(job: Job): void {
    this.#trials.add(job, this.#suspects.get(job) ?? {});
  }

  /** Removes and returns the jobs that wait for the reason of their worker's loss. */
  takeUndecided(): readonly Job[] {
    const jobs = [...this.#undecided].flatMap((undecided) => [...undecided]);
    for (const undecided of this.#undecided) undecided.clear();
    return jobs;
  }

  /** Whether a job's method and path are convicted. Costs nothing while there are no convictions. */
  isConvicted(job: Job): boolean {
    return this.#convictions.size > 0 && this.#convictions.has(job.request);
  }

  /** Whether a worker that has ended, or is ending, has a convicted request or a suspect on trial in flight. */
  endedByRequest(link: SuspectLink): boolean {
    const { onTrial } = link;
    if (link.jobs.some((job) => job === onTrial || this.#convictions.has(job.request))) return true;
    return link.abandonedRequests.some(({ request }) => this.#convictions.has(request));
  }

  #decide(link: SuspectLink, jobs: readonly Job[], loss: Loss): void {
    if (loss === "outside") {
      for (const job of jobs) job.failed(this.#suspects.has(job) ? "suspect" : "lost");
      return;
    }
    const convicted = loss === "own" ? this.#convicted(link) : new Set<Job>();
    if (convicted.size > 0 || this.#isCausedByAbandoned(link)) this.#clear(link, jobs, convicted);
    else this.#suspect(link, jobs);
  }

  /** The cause of a worker's own death, if known: the request on trial, or those with a convicted method and path. */
  #convicted(link: SuspectLink): ReadonlySet<Job> {
    const { onTrial, jobs } = link;
    if (onTrial !== undefined && jobs.includes(onTrial) && link.abandonedRequests.length === 0) {
      this.#convict(onTrial);
      return new Set([onTrial]);
    }
    const known = jobs.filter(({ request }) => this.#convictions.has(request));
    const [only] = jobs;
    if (only !== undefined && jobs.length === 1 && known.length === 1) this.#convictions.add(only.request);
    return new Set(known);
  }

  /** Whether an abandoned request is the cause: its method and path are convicted, or it ran beside a trial. */
  #isCausedByAbandoned({ abandonedRequests, jobs, onTrial }: SuspectLink): boolean {
    if (abandonedRequests.some(({ request }) => this.#convictions.has(request))) return true;
    return abandonedRequests.length > 0 && onTrial !== undefined && jobs.includes(onTrial);
  }

  #convict(job: Job): void {
    const { method, url } = job.request;
    this.#convictions.add(job.request);
    const path = pathOf(url).slice(0, MAX_PATH);
    const minutes = CONVICTED_FOR / 60_000;
    this.#log.error(
      { method, path },
      `${method} ${path} ended two workers, the second one as its only request: it is answered with 502 and, for ` +
        `${minutes} min, not retried after a worker's death`,
    );
    const death = this.#suspects.get(job);
    if (death !== undefined) for (const cleared of this.#trials.release(death)) this.#suspects.delete(cleared);
  }

  /** The cause is known: all other requests are retried. */
  #clear(link: SuspectLink, jobs: readonly Job[], convicted: ReadonlySet<Job>): void {
    for (const job of convicted) link.mark(job, "convicted");
    for (const job of jobs) {
      if (convicted.has(job)) job.failed("convicted");
      else {
        this.#suspects.delete(job);
        job.failed("lost");
      }
    }
  }

  #suspect(link: SuspectLink, jobs: readonly Job[]): void {
    link.markAllSuspect();
    const death: Death = {};
    for (const job of likeliestFirst(jobs)) {
      if (this.#suspects.has(job)) job.failed("convicted");
      else {
        this.#suspects.set(job, death);
        job.failed("suspect");
      }
    }
  }
}

/** Sorts by how often a method and path occurs, rarest first. The sort is stable. */
function likeliestFirst(jobs: readonly Job[]): readonly Job[] {
  if (jobs.length < 2) return jobs;
  const kinds = jobs.map((job) => ({ job, kind: `${job.request.method} ${pathOf(job.request.url)}` }));
  const counts = new Map<string, number>();
  for (const { kind } of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const countOf = (kind: string) => counts.get(kind) ?? 0;
  return kinds.toSorted((a, b) => countOf(a.kind) - countOf(b.kind)).map(({ job }) => job);
}
