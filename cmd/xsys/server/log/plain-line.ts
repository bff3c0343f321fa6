import { stripVTControlCharacters } from "node:util";
import { printable, printableLine } from "../../print/printable.ts";

/** A pino record as a line of text that XyPriss's client parses: time, level, thread, message, fields. */
export function plainLine(json: string): string {
  const { level, time, msg = "", pid: _, ...fields } = JSON.parse(json);
  const words = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${time} ${levelName(level)} [ThreadId(1)] ${plainText(String(msg))}${words.join("")}\n`;
}

/** XyPriss's client knows three levels. */
function levelName(level: number): string {
  if (level >= 50) return "ERROR";
  if (level >= 40) return "WARN";
  return level >= 30 ? "INFO" : "DEBUG";
}

/** Ambiguous texts are quoted. */
function shown(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=\p{C}]+$/u.test(value)) return value;
  return printable(JSON.stringify(value));
}

/** The message on one line, without the colours that workers use and without control characters. */
function plainText(message: string): string {
  return printableLine(stripVTControlCharacters(message));
}
