import type { CommandName, CommandOf } from "../../../protocol/commands/index.ts";
import type { EventOf } from "../../../protocol/contract/command.ts";
import { printable, printableLine } from "./printable.ts";
import { formatNumber } from "./units.ts";

/** Readable form of a command's events, one per line. Commands without an entry print JSON. */
export interface EventLines {
  readonly line: (event: unknown) => string;
  /** On a terminal, each event overwrites the previous one. */
  readonly redraws?: boolean;
}

type Event<N extends CommandName> = EventOf<CommandOf<N>>;

export const EVENT_LINES: Readonly<Record<string, EventLines>> = {
  "monitor.system": { line: (event) => systemLine(event as Event<"monitor.system">), redraws: true },
  "monitor.process": { line: (event) => processLine(event as Event<"monitor.process">), redraws: true },
  "watch.files": { line: (event) => changeLine(event as Event<"watch.files">) },
  "watch.content": { line: (event) => contentLines(event as Event<"watch.content">) },
  "cluster.logs": { line: (event) => workerLine(event as Event<"cluster.logs">) },
  "app.logs": { line: (event) => logLine(event as Event<"app.logs">) },
  "cluster.restart": { line: (event) => replacedLine(event as Event<"cluster.restart">) },
  "fs.watch": { line: (event) => printable((event as Event<"fs.watch">).path) },
  "fs.watch-content": { line: (event) => modifiedLines(event as Event<"fs.watch-content">) },
};

function systemLine(event: Event<"monitor.system">): string {
  return [
    formatNumber(event.timestamp, "unix-seconds"),
    `cpu ${formatNumber(event.cpu_usage, "percent")}`,
    `memory ${formatNumber(event.memory_used, "bytes")} of ${formatNumber(event.memory_total, "bytes")}`,
    `${event.process_count} processes`,
    `load ${formatNumber(event.load_one)}`,
  ].join("  ");
}

function processLine(event: Event<"monitor.process">): string {
  return [
    formatNumber(event.timestamp, "unix-seconds"),
    `cpu ${formatNumber(event.cpu_usage, "percent")}`,
    `memory ${formatNumber(event.memory, "bytes")}`,
    `read ${formatNumber(event.disk_read, "bytes")}`,
    `written ${formatNumber(event.disk_write, "bytes")}`,
  ].join("  ");
}

function changeLine({ type, path = "", from, reason }: Partial<Event<"watch.files">>): string {
  if (type === "overflow") return `overflow of the ${reason}'s queue`;
  return printable(from === undefined ? `${type} ${path}`.trimEnd() : `${type} ${from} -> ${path}`);
}

function contentLines(event: Event<"watch.content">): string {
  return [changeLine(event), ...diffLines(event)].join("\n");
}

function modifiedLines(event: Event<"fs.watch-content">): string {
  return [`Modified: ${printable(event.path)}`, ...diffLines(event)].join("\n");
}

function diffLines({ lines = [], omitted }: Pick<Event<"watch.content">, "lines" | "omitted">): string[] {
  const texts = lines.map(({ type, line, text }) => `${type === "added" ? "+" : "-"}${line}: ${printableLine(text)}`);
  return omitted === undefined ? texts : [...texts, `(no lines: ${omitted})`];
}

function workerLine({ time, id, line }: Event<"cluster.logs">): string {
  return `${formatNumber(time, "unix-seconds")}  [${printable(id)}] ${printableLine(line)}`;
}

function logLine({ time, clone, stream, line }: Event<"app.logs">): string {
  const mark = stream === "stdout" ? "" : stream === "stderr" ? "! " : "note: ";
  return `${formatNumber(time, "unix-seconds")}  [${printable(clone)}] ${mark}${printableLine(line)}`;
}

function replacedLine({ id, pid }: Event<"cluster.restart">): string {
  return `worker ${printable(id)} is ready${pid === undefined ? "" : `, process ${pid}`}`;
}
