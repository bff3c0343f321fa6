import type { Logger } from "../log.ts";
import { type CrashRecord, MAX_LAST_LINES } from "./crash-record.ts";
import type { Member } from "./member.ts";
import type { ClusterOptions } from "./options.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What Node prints below an error's message: the stack, the rest of the object, its version. */
const SAYS_NOTHING = /^\s*$|^\s+at |^\s*[}\])]|^ {2,}\w+: .*,?$|^\(Use `node |^Node\.js v\d/;

/** Records kept. */
const MAX_RECORDS = 100;

/** Every death that was not asked for, the latest first; each is told in the log. */
export class CrashLog {
  readonly #records: CrashRecord[] = [];
  readonly #log: Logger;
  readonly #limit: ClusterOptions["crashLoop"];
  total = 0;

  constructor(log: Logger, limit: ClusterOptions["crashLoop"]) {
    this.#log = log;
    this.#limit = limit;
  }

  get records(): readonly CrashRecord[] {
    return this.#records;
  }

  add(member: Member, process: WorkerProcess, isLast: boolean): void {
    this.total++;
    const record = describe(member, process);
    this.#records.unshift(record);
    if (this.#records.length > MAX_RECORDS) this.#records.pop();
    this.#tell(record, isLast);
  }

  #tell({ id, pid, reason, uptime, in_flight, last_lines }: CrashRecord, isLast: boolean): void {
    const last = last_lines.findLast((line) => !SAYS_NOTHING.test(line));
    const said = last === undefined ? "" : `; the last it printed: ${last.trim()}`;
    const fields = { worker: id, pid, uptime, in_flight };
    this.#log.warn(fields, `worker ${id} ${reason} after ${uptime.toFixed(1)} s${said}`);
    if (!isLast) return;
    const { deaths, within } = this.#limit;
    const why = `it failed to start ${deaths} times within ${within / 1000} s, and last ${reason}${said}`;
    this.#log.error(fields, `worker ${id} is not started any more: ${why}. To try again: xsys cluster restart ${id}`);
  }
}

function describe(member: Member, process: WorkerProcess): CrashRecord {
  const { pid, age, end, usage, workload } = process;
  const time = Date.now() / 1000;
  const uptime = age / 1000;
  const lines = member.lines.last(MAX_LAST_LINES).filter((line) => line.time >= time - uptime);
  return {
    time,
    id: member.id,
    ...(pid !== undefined && { pid }),
    reason: process.reason,
    ...(end?.code != null && { exit_code: end.code }),
    ...(end?.signal != null && { signal: end.signal }),
    uptime,
    ...(usage !== undefined && { memory: usage.memory }),
    in_flight: workload.count,
    requests: [...workload.requests],
    last_lines: lines.map(({ line }) => line),
  };
}
