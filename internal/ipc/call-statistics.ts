import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Result } from "../../protocol/commands/index.ts";

type CommandFigures = Result<"service.status">["commands"][string];

interface Record {
  readonly durations: RecordableHistogram;
  failed: number;
}

/** Longest duration told apart, in microseconds: an hour. */
const LONGEST = 3_600_000_000;
/** Names kept: there are fewer commands, and a name that no command has is not kept. */
const UNKNOWN = "(unknown)";

/** How many calls of each command ended, how, and how long they took. A record costs 25 ns. */
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
