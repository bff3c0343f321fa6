import { stripVTControlCharacters } from "node:util";
import { printable, printableLine } from "../../print/printable.ts";

/** A record of pino as text in the form that XyPriss's client reads: time, level, thread, message, fields. */
export function plainLine(json: string): string {
  const { level, time, msg = "", pid: _, ...fields } = JSON.parse(json);
  const words = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${time} ${levelName(level)} [ThreadId(1)] ${plainText(String(msg))}${words.join("")}\n`;
}

/** The client knows three levels. */
function levelName(level: number): string {
  if (level >= 50) return "ERROR";
  if (level >= 40) return "WARN";
  return level >= 30 ? "INFO" : "DEBUG";
}

/** Texts that could be taken for anything else are quoted. */
function shown(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=\p{C}]+$/u.test(value)) return value;
  return printable(JSON.stringify(value));
}

/** On one line, without the colours that workers use, and harmless to a terminal. */
function plainText(message: string): string {
  return printableLine(stripVTControlCharacters(message));
}
