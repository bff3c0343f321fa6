import { type DestinationStream, pino, stdTimeFunctions } from "pino";
import type { Logger } from "../../../../internal/base/log.ts";
import type { LogLevel } from "../../../../internal/base/log-levels.ts";
import { type LineOutput, standardOutput } from "./bounded-output.ts";
import { plainLine } from "./plain-line.ts";

export interface ServerLog {
  readonly logger: Logger;
  readonly format: "plain" | "json" | "pretty";
  /** Writes text unchanged, regardless of the level. */
  write(text: string): void;
  /** Logs a line regardless of the level. */
  always(message: string): void;
  /** Resolves when all lines were read or there is no reader. */
  close(): Promise<void>;
}

/** The log of `xsys server start`, on standard output, as XyPriss's client expects. */
export async function createServerLog(
  { level, format: asked }: { readonly level: LogLevel; readonly format: "auto" | ServerLog["format"] },
  open: typeof standardOutput = standardOutput,
): Promise<ServerLog> {
  const format = asked === "auto" ? (process.stdout.isTTY ? "pretty" : "plain") : asked;
  const formatted = await formatter(format);
  const output: LineOutput = open((lines) => formatted(droppedRecord(lines)));
  const destination: DestinationStream = { write: (record) => output.write(formatted(record)) };
  const options = { base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime };
  const unfiltered = pino(options, destination);
  return {
    logger: pino({ ...options, level }, destination),
    format,
    write: (text) => output.write(text),
    always: (message) => unfiltered.info(message),
    close: () => output.close(),
  };
}

async function formatter(format: ServerLog["format"]): Promise<(record: string) => string> {
  if (format === "json") return (record) => record;
  if (format === "plain") return plainLine;
  const { prettyFactory } = await import("../../../../internal/base/pretty-log.ts");
  const pretty = prettyFactory({
    ignore: "pid",
    singleLine: true,
    translateTime: "SYS:HH:MM:ss.l",
    colorize: process.stdout.hasColors?.() ?? false,
  });
  return (record) => pretty(JSON.parse(record));
}

function droppedRecord(lines: number): string {
  const time = new Date().toISOString();
  const msg = `${lines} log lines were dropped because they were not read`;
  return `${JSON.stringify({ level: 40, time, pid: process.pid, msg })}\n`;
}
