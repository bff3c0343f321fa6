import type { EventOf } from "../../../protocol/command.ts";
import type { CommandName, CommandOf } from "../../../protocol/commands/index.ts";
import { formatNumber } from "./units.ts";

/** How a person reads the events of a command, one to a line. A command that is not here prints JSON. */
export interface EventLines {
  readonly line: (event: unknown) => string;
  /** On a terminal, each event takes the place of the one before it. */
  readonly redraws?: boolean;
}

type Event<N extends CommandName> = EventOf<CommandOf<N>>;

export const EVENT_LINES: Readonly<Record<string, EventLines>> = {
  "monitor.system": { line: (event) => systemLine(event as Event<"monitor.system">), redraws: true },
  "monitor.process": { line: (event) => processLine(event as Event<"monitor.process">), redraws: true },
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
