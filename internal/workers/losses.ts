import type { Logger } from "../base/log.ts";
import { CONVICTED_FOR, Convictions, pathOf } from "./convictions.ts";
import type { Job } from "./job.ts";
import type { Loss } from "./loss.ts";
import type { Death, Trials } from "./trials.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Characters of a path in the log. */
const MAX_PATH = 1_024;

/**
 * Decides what becomes of the requests that a lost worker left, by why it was lost (see `Loss`). A request may be what ends
 * workers, and would go on to end one after the other if it were repeated as others are:
 *
 * ```
 *                     own, unknown                      answered
 *   in flight ───────────────────────▶ suspect ─ alone ─────────▶ done
 *       │  outside                        │ ▲
 *       ▼                                 │ └── outside: again, alone
 *   repeated as `--retry-max` allows      │ own, unknown
 *                                         ▼
 *                                     502, and after `own`: convicted for a minute
 * ```
 *
 * - Suspect are all requests that were in flight at a worker's own death, for nobody knows which one it was. Each is sent
 *   again once, alone on its worker (`Trials`). The likeliest first: those of which there are few of the same method and
 *   path, and of these the latest.
 * - One whose worker dies of its own while it is alone there is convicted: 502, and its method and path are remembered. The
 *   other suspects of that death are cleared, and repeated as any other request.
 * - Of a later death at which a convicted method and path was in flight, that request is the cause: it is answered with 502
 *   and not sent again, and all others are repeated at once, as any other.
 * - Deaths from outside convict nobody. Suspects stay suspects.
 * - A worker that is no child of this service may have died in either way. Its requests are suspects, so that one which
 *   ends workers takes two of them and not `--retry-max`; but no method and path is remembered for it.
 *
 * - A worker may also end by a request that nobody waits for any more (`AbandonedRequests`): its client has gone, or its time is over.
 *   Such a request is a suspect that is not sent again. While a worker may still work on one, no other is alone there: it is
 *   chosen last for a trial, and a suspect that is on it at its death is not convicted.
 *
 * What may not be repeated is answered with 502 at once, in all cases. Nothing of this costs a request that is answered
 * anything: it begins at a worker's death.
 */
export class Losses {
  readonly #log: Logger;
  readonly #trials: Trials;
  readonly #convictions = new Convictions();
  /** Suspects, and the death that made them so: whoever is in it has been sent again, or is to be. */
  readonly #suspects = new WeakMap<Job, Death>();
  /** Those that wait until it is known why their worker was lost. */
  readonly #undecided = new Set<Set<Job>>();

  constructor(log: Logger, trials: Trials) {
    this.#log = log;
    this.#trials = trials;
  }

  /** A worker is gone and leaves jobs, the latest first. `whyLost` is absent where nobody will ever know. */
  left(link: WorkerLink, jobs: readonly Job[], whyLost: Promise<Loss> | undefined): void {
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

  /** Nobody waits for a job any more. */
  abandon(job: Job): void {
    for (const undecided of this.#undecided) undecided.delete(job);
    this.#trials.delete(job);
  }

  /** Sends a suspect again, alone. */
  isolate(job: Job): void {
    this.#trials.add(job, this.#suspects.get(job) ?? {});
  }

  /** Jobs that wait until it is known why their worker was lost. */
  takeUndecided(): readonly Job[] {
    const jobs = [...this.#undecided].flatMap((undecided) => [...undecided]);
    for (const undecided of this.#undecided) undecided.clear();
    return jobs;
  }

  /** Whether a job is of a convicted method and path. Costs a job nothing while there are none. */
  isConvicted(job: Job): boolean {
    return this.#convictions.size > 0 && this.#convictions.has(job.request);
  }

  /** Whether a worker that ends now, or has ended, works on what is known to end workers, or is on trial for it. */
  hasCulprit(link: WorkerLink): boolean {
    const { onTrial } = link;
    if (link.jobs.some((job) => job === onTrial || this.#convictions.has(job.request))) return true;
    return link.abandonedRequests.some(({ request }) => this.#convictions.has(request));
  }

  #decide(link: WorkerLink, jobs: readonly Job[], loss: Loss): void {
    if (loss === "outside") {
      for (const job of jobs) job.failed(this.#suspects.has(job) ? "suspect" : "lost");
      return;
    }
    const convicted = loss === "own" ? this.#convicted(link) : new Set<Job>();
    if (convicted.size > 0 || this.#isCausedByAbandoned(link)) this.#clear(link, jobs, convicted);
    else this.#suspect(link, jobs);
  }

  /** Of what a worker worked on at its own death: the request on trial, or those of a convicted method and path. */
  #convicted(link: WorkerLink): ReadonlySet<Job> {
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

  /** Whether the cause is known, or likely, to be what nobody waits for: of what is known to end workers, or beside a trial. */
  #isCausedByAbandoned({ abandonedRequests, jobs, onTrial }: WorkerLink): boolean {
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
      `${method} ${path} ended a worker while it was alone there, and one before: it is answered with 502, and for ` +
        `${minutes} min not sent again after a worker's end`,
    );
    const death = this.#suspects.get(job);
    if (death !== undefined) for (const cleared of this.#trials.release(death)) this.#suspects.delete(cleared);
  }

  /** The cause is known: all others are repeated. */
  #clear(link: WorkerLink, jobs: readonly Job[], convicted: ReadonlySet<Job>): void {
    for (const job of convicted) link.mark(job, "convicted");
    for (const job of jobs) {
      if (convicted.has(job)) job.failed("convicted");
      else {
        this.#suspects.delete(job);
        job.failed("lost");
      }
    }
  }

  #suspect(link: WorkerLink, jobs: readonly Job[]): void {
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

/** Those of the rarest method and path first; the order of the rest stays. */
function likeliestFirst(jobs: readonly Job[]): readonly Job[] {
  if (jobs.length < 2) return jobs;
  const kinds = jobs.map((job) => ({ job, kind: `${job.request.method} ${pathOf(job.request.url)}` }));
  const counts = new Map<string, number>();
  for (const { kind } of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const countOf = (kind: string) => counts.get(kind) ?? 0;
  return kinds.toSorted((a, b) => countOf(a.kind) - countOf(b.kind)).map(({ job }) => job);
}
