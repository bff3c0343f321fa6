import { percentile } from "../statistics.ts";

/** How a request failed: the status of an answer of 500 and above, a connection lost or refused, no answer in time. */
export type FailureKind = `${number}` | "reset" | "refused" | "hang";

export interface Failure {
  readonly kind: FailureKind;
  /** Milliseconds that the request took until then. */
  readonly took: number;
  /** Milliseconds since the last process was killed; absent before the first. */
  readonly afterKill?: number;
}

/** What a load met with since the last report. Times in milliseconds. */
export interface Report {
  readonly milliseconds: number;
  readonly answered: number;
  readonly failed: number;
  readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
  /** The first of them. */
  readonly failures: readonly Failure[];
  /** The longest time in which nobody was answered. */
  readonly longestGap: number;
  readonly p99: number;
  readonly slowest: number;
  /** For each client, from the kill to its first answer by another process than the killed one. */
  readonly failover: readonly number[];
}

/** Failures that a report tells one by one; all are counted. */
const TOLD_FAILURES = 1_000;
/** Milliseconds within which an answer shows that its process works. */
const LATELY = 250;
/** Durations kept for percentiles; later ones replace earlier ones in turn. */
const KEPT_DURATIONS = 65_536;

/** Keeps account of a load: what was answered by whom, what failed and how, and when. */
export class Ledger {
  readonly #durations = new Float64Array(KEPT_DURATIONS);
  readonly #lastAnswers = new Map<number, number>();
  #begun = performance.now();
  #answered = 0;
  #failed = 0;
  #byKind: Partial<Record<FailureKind, number>> = {};
  #failures: Failure[] = [];
  #lastAnswer = performance.now();
  #longestGap = 0;
  #slowest = 0;
  readonly #victims = new Set<number>();
  #killedAt: number | undefined;
  #failover: number[] = [];
  readonly #failedOver = new Set<object>();

  /** An answer below 500, by the process that its body names. */
  answered(client: object, took: number, pid: number): void {
    const now = performance.now();
    this.#durations[this.#answered++ % KEPT_DURATIONS] = took;
    this.#slowest = Math.max(this.#slowest, took);
    this.#longestGap = Math.max(this.#longestGap, now - this.#lastAnswer);
    this.#lastAnswer = now;
    if (this.#victims.has(pid)) return; // it was on its way
    this.#lastAnswers.set(pid, now);
    if (this.#killedAt !== undefined && !this.#failedOver.has(client)) {
      this.#failedOver.add(client);
      this.#failover.push(now - this.#killedAt);
    }
  }

  failed(kind: FailureKind, took: number): void {
    this.#failed++;
    this.#byKind[kind] = (this.#byKind[kind] ?? 0) + 1;
    if (this.#failures.length === TOLD_FAILURES) return;
    const afterKill = this.#killedAt === undefined ? {} : { afterKill: performance.now() - this.#killedAt };
    this.#failures.push({ kind, took, ...afterKill });
  }

  killed(pid: number): void {
    this.#victims.add(pid);
    this.#killedAt = performance.now();
    this.#failedOver.clear();
    this.#lastAnswers.delete(pid);
  }

  /** Processes that have answered lately, but for those that were killed. */
  answering(): number[] {
    const since = performance.now() - LATELY;
    return [...this.#lastAnswers].flatMap(([pid, at]) => (at >= since ? pid : []));
  }

  /** What happened since it was asked for before. */
  take(): Report {
    const now = performance.now();
    const report = {
      milliseconds: now - this.#begun,
      answered: this.#answered,
      failed: this.#failed,
      byKind: this.#byKind,
      failures: this.#failures,
      longestGap: Math.max(this.#longestGap, now - this.#lastAnswer),
      p99: percentile(this.#durations.slice(0, Math.min(this.#answered, KEPT_DURATIONS)).sort(), 99),
      slowest: this.#slowest,
      failover: this.#failover,
    };
    [this.#begun, this.#answered] = [now, 0];
    [this.#failed, this.#byKind, this.#failures] = [0, {}, []];
    [this.#longestGap, this.#slowest, this.#failover] = [0, 0, []];
    this.#lastAnswer = now;
    return report;
  }
}
