import { outputLine } from "../../../../internal/worker-lines.ts";

/** A record of pino as text in the form that XyPriss's client reads: time, level, thread, message, fields. */
export function plainLine(json: string): string {
  const record: Record<string, unknown> = JSON.parse(json);
  return workerText(record) ?? recordText(record);
}

/** What a worker wrote, as XyPriss's own engine passes it on; undefined for any other record. */
export function workerText(record: Readonly<Record<string, unknown>>): string | undefined {
  const output = outputLine(record);
  return output && `[Worker ${output.worker}] ${output.line}\n`;
}

function recordText(record: Readonly<Record<string, unknown>>): string {
  const { level, time, msg = "", pid: _, ...fields } = record;
  const words = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${time} ${levelName(level as number)} [ThreadId(1)] ${oneLine(String(msg))}${words.join("")}\n`;
}

/** The client knows three levels. */
function levelName(level: number): string {
  if (level >= 50) return "ERROR";
  if (level >= 40) return "WARN";
  return level >= 30 ? "INFO" : "DEBUG";
}

/** Texts that could be taken for anything else are quoted, so that a line stays one. */
function shown(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=\p{Cc}]+$/u.test(value)) return value;
  return oneLine(JSON.stringify(value));
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
