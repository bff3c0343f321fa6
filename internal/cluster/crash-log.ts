import type { Logger } from "../base/log.ts";
import { withLastLine } from "../processes/last-line.ts";
import { type CrashRecord, MAX_LAST_LINES } from "./crash-record.ts";
import type { Crash, Member } from "./member.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Maximum number of records. */
const MAX_RECORDS = 100;
/** Maximum number of reasons for failed starts that are remembered as logged. */
const MAX_REASONS = 100;

/**
 * Records and logs every unexpected end of a worker, latest first. Failed starts with the same reason are logged only
 * once: all workers run the same program, and a failing start is retried forever.
 */
export class CrashLog {
  readonly #records: CrashRecord[] = [];
  readonly #log: Logger;
  readonly #startCommand: string;
  readonly #loggedReasons = new Set<string>();
  total = 0;

  /** @param startCommand - starts an abandoned member again; its id is added */
  constructor(log: Logger, startCommand: string) {
    this.#log = log;
    this.#startCommand = startCommand;
  }

  get records(): readonly CrashRecord[] {
    return this.#records;
  }

  add(member: Member, process: WorkerProcess, { cause, isLast }: Crash): void {
    this.total++;
    const record = describe(member, process, cause);
    this.#records.unshift(record);
    if (this.#records.length > MAX_RECORDS) this.#records.pop();
    if (cause === undefined) this.#logDeath(member, record);
    else this.#logFailedStart(member, record, cause);
    if (isLast) this.#logEnd(member, record);
  }

  /** A worker is ready: the reasons of later failed starts are logged again. */
  forget(): void {
    this.#loggedReasons.clear();
  }

  #logDeath({ name, logFields }: Member, record: CrashRecord): void {
    const { pid, reason, uptime, in_flight, requests, last_lines } = record;
    const words = withLastLine(`${reason} after ${uptime.toFixed(1)} s${culprits(requests)}`, last_lines);
    this.#log.warn({ ...logFields, pid, uptime, in_flight }, `${name} ${words}`);
  }

  #logFailedStart({ name, logFields, state }: Member, { pid, uptime }: CrashRecord, cause: string): void {
    const known = cause.replaceAll(/\d+/g, "0"); // ignores process ids, ports and times
    const isNew = !this.#loggedReasons.has(known);
    if (isNew && this.#loggedReasons.size < MAX_REASONS) this.#loggedReasons.add(known);
    const who = state === "ready" ? `the replacement of ${name}` : name;
    const then = RETRIED.has(state) ? " (it is retried with increasing pauses)" : "";
    this.#log[isNew ? "error" : "debug"]({ ...logFields, pid, uptime }, `${who} did not start: ${cause}${then}`);
  }

  #logEnd({ id, name, logFields, failedStarts, reason }: Member, { pid }: CrashRecord): void {
    const why = `after ${failedStarts} consecutive failed starts; last failure: ${reason}`;
    const message = `${name} is no longer started ${why}. To start it again: ${this.#startCommand} ${id}`;
    this.#log.error({ ...logFields, pid }, message);
  }
}

/** Names the requests that caused a death: the convicted ones, or a suspect that was the only request in flight. */
function culprits(requests: CrashRecord["requests"]): string {
  const named = requests.filter(
    ({ verdict }) => verdict === "convicted" || (verdict !== undefined && requests.length === 1),
  );
  if (named.length === 0) return "";
  return ` while it processed ${named.map(({ method, path, verdict }) => `${method} ${path} (${verdict})`).join(", ")}`;
}

const RETRIED: ReadonlySet<string> = new Set(["backing-off", "starting"] satisfies Member["state"][]);

function describe(member: Member, process: WorkerProcess, cause: string | undefined): CrashRecord {
  const { pid, age, end, usage, workload } = process;
  return {
    time: Date.now() / 1000,
    id: member.id,
    ...(pid !== undefined && { pid }),
    reason: process.reason,
    ...(cause !== undefined && { cause }),
    ...(end?.code != null && { exit_code: end.code }),
    ...(end?.signal != null && { signal: end.signal }),
    uptime: age / 1000,
    ...(usage !== undefined && { memory: usage.memory }),
    in_flight: workload.count,
    requests: [...workload.requests],
    last_lines: member.linesOf(process).slice(-MAX_LAST_LINES),
  };
}
