import { percentile } from "../statistics.ts";

/** How a request failed: a status of 500 or above, a lost or refused connection, or no response in time. */
export type FailureKind = `${number}` | "reset" | "refused" | "hang";

export type Method = "GET" | "POST";

export interface Failure {
  readonly kind: FailureKind;
  /** Milliseconds from the request to its failure. */
  readonly took: number;
  /** Milliseconds since the last kill. Absent before the first kill. */
  readonly afterKill?: number;
}

/** Results of a load since the last report. Times are in milliseconds. */
export interface Report {
  readonly milliseconds: number;
  readonly answered: number;
  readonly failed: number;
  readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
  readonly byMethod: Readonly<Partial<Record<Method, number>>>;
  /** The first failures, up to TOLD_FAILURES. */
  readonly failures: readonly Failure[];
  /** The longest time in which no client got a response. */
  readonly longestGap: number;
  readonly p99: number;
  readonly slowest: number;
  /** For each client, the time from the kill to its first response from a process that was not killed. */
  readonly failover: readonly number[];
}

/** Maximum number of failures that a report lists. All are counted. */
const TOLD_FAILURES = 1_000;
/** A process counts as answering when it has responded within this many milliseconds. */
const LATELY = 250;
/** Number of durations kept for percentiles. New ones replace the oldest. */
const KEPT_DURATIONS = 65_536;

/** Records the responses and failures of a load. */
export class Ledger {
  readonly #durations = new Float64Array(KEPT_DURATIONS);
  readonly #lastAnswers = new Map<number, number>();
  #begun = performance.now();
  #answered = 0;
  #failed = 0;
  #byKind: Partial<Record<FailureKind, number>> = {};
  #byMethod: Partial<Record<Method, number>> = {};
  #failures: Failure[] = [];
  #lastAnswer = performance.now();
  #longestGap = 0;
  #slowest = 0;
  readonly #victims = new Set<number>();
  #killedAt: number | undefined;
  #failover: number[] = [];
  readonly #failedOver = new Set<object>();

  /** Records a response below 500. `pid` is the process that its body names. */
  answered(client: object, took: number, pid: number): void {
    const now = performance.now();
    this.#durations[this.#answered++ % KEPT_DURATIONS] = took;
    this.#slowest = Math.max(this.#slowest, took);
    this.#longestGap = Math.max(this.#longestGap, now - this.#lastAnswer);
    this.#lastAnswer = now;
    if (this.#victims.has(pid)) return; // it was sent before the kill
    this.#lastAnswers.set(pid, now);
    if (this.#killedAt !== undefined && !this.#failedOver.has(client)) {
      this.#failedOver.add(client);
      this.#failover.push(now - this.#killedAt);
    }
  }

  failed(kind: FailureKind, took: number, method: Method = "GET"): void {
    this.#failed++;
    this.#byKind[kind] = (this.#byKind[kind] ?? 0) + 1;
    this.#byMethod[method] = (this.#byMethod[method] ?? 0) + 1;
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

  /** Processes that have responded recently, without the killed ones. */
  answering(): number[] {
    const since = performance.now() - LATELY;
    return [...this.#lastAnswers].flatMap(([pid, at]) => (at >= since ? pid : []));
  }

  /** Returns the report since the previous call. */
  take(): Report {
    const now = performance.now();
    const report = {
      milliseconds: now - this.#begun,
      answered: this.#answered,
      failed: this.#failed,
      byKind: this.#byKind,
      byMethod: this.#byMethod,
      failures: this.#failures,
      longestGap: Math.max(this.#longestGap, now - this.#lastAnswer),
      p99: percentile(this.#durations.slice(0, Math.min(this.#answered, KEPT_DURATIONS)).sort(), 99),
      slowest: this.#slowest,
      failover: this.#failover,
    };
    [this.#begun, this.#answered] = [now, 0];
    [this.#failed, this.#byKind, this.#byMethod, this.#failures] = [0, {}, {}, []];
    [this.#longestGap, this.#slowest, this.#failover] = [0, 0, []];
    this.#lastAnswer = now;
    return report;
  }
}
