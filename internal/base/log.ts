import { type Logger, pino, stdTimeFunctions } from "pino";
import type { LogLevel } from "./log-levels.ts";

export type { Logger };

/** Creates the service's log on standard error: human-readable on a terminal, JSON lines otherwise. */
export async function createLogger(level: LogLevel): Promise<Logger> {
  const options = { level, base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime };
  if (!process.stderr.isTTY) return pino(options, pino.destination({ dest: 2, sync: true }));
  const { build: pretty } = await import("./pretty-log.ts");
  return pino(options, pretty({ destination: 2, sync: true, ignore: "pid", translateTime: "SYS:HH:MM:ss.l" }));
}
