import type { LogRecord } from "../../keeper/log/log-record.ts";
import { LogFollower } from "./follow-log.ts";
import { endOfRecords } from "./log-bytes.ts";
import { LogChanges } from "./log-changes.ts";
import { readHistory } from "./log-history.ts";
import { takeSnapshot } from "./log-snapshot.ts";
import { type RecordSelection, recordFilter } from "./record-filter.ts";

export interface LogQuery extends RecordSelection {
  /** The folder and the name that the app's log is written with. */
  readonly folder: string;
  readonly name: string;
  /** Maximum number of wanted records that exist already: the last ones. Absent for all. */
  readonly lines?: number | undefined;
  /** Goes on with new records, until `signal` aborts or the time is past `until`. Waits for a log that does not exist. */
  readonly follow?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The records of an app's log, oldest first. A line of more than 1 MiB is several records. Rotated files are read as
 * far back as needed.
 * @throws INVALID_PARAMS for an expression that does not compile; an error of the operating system
 */
export async function* readLog(query: LogQuery): AsyncGenerator<LogRecord> {
  const { folder, name, lines, since, until = Number.POSITIVE_INFINITY, follow = false, signal } = query;
  const filter = await recordFilter(query);
  const changes = new LogChanges(folder, signal);
  if (follow) changes.start();
  const snapshot = await takeSnapshot(folder, name);
  const size = snapshot.current === undefined ? 0 : await endOfRecords(snapshot.current);
  const follower = new LogFollower(folder, name, snapshot, size);
  try {
    for await (const record of readHistory(snapshot, { lines, since, size }, filter)) {
      if (signal?.aborted) return;
      yield record;
    }
    if (!follow) return;
    for await (const records of follower.records(changes, until, signal)) yield* records.filter(filter);
  } finally {
    changes.close();
    await follower.close();
  }
}
