import type { Logger } from "../../base/log.ts";

/** pino's numbers of the levels. */
const LEVELS: Readonly<Record<number, "trace" | "debug" | "info" | "warn" | "error" | "fatal">> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** Writes a record of a gateway's log to the log of the service, with the gateway's id. */
export function logFrom(log: Logger, gateway: string, line: string): void {
  const { level, time: _, msg = "", ...fields } = JSON.parse(line) as Record<string, unknown>;
  log[LEVELS[Number(level)] ?? "info"]({ gateway, ...fields }, String(msg));
}
