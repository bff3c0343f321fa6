import type { LogRecord } from "../../keeper/log/log-record.ts";

export const LINE_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LineLevel = (typeof LINE_LEVELS)[number];

/**
 * How severe a line is: what the line itself says, or else `error` for stderr and `info` for anything else.
 *
 * - A JSON object: `level`, `severity` or `log.level`, as a word or as a number of pino and bunyan (10 to 60).
 * - `level=warn` or `lvl=warn` (logfmt).
 * - A word in capitals among the first words: `2026-11-30 17:00 WARN text`, `WARNING:name:text`, `npm ERR! text`.
 * - A word in any case, in brackets or with a colon, that only times and numbers precede: `[error] text`, `Error: text`,
 *   `(node:7) Warning: text`; also the name of an exception with a colon, as in `TypeError: text`.
 */
export function lineLevel({ line, stream }: Pick<LogRecord, "line" | "stream">): LineLevel {
  return levelInLine(line) ?? (stream === "stderr" ? "error" : "info");
}

/** Whether a level is at least as severe as another one. */
export function isAtLeast(level: LineLevel, least: LineLevel): boolean {
  return LINE_LEVELS.indexOf(level) >= LINE_LEVELS.indexOf(least);
}

const WORDS: ReadonlyMap<string, LineLevel> = new Map(
  Object.entries({
    trace: ["TRACE", "TRC", "VERBOSE", "SILLY", "FINEST"],
    debug: ["DEBUG", "DBG", "FINE"],
    info: ["INFO", "INF", "INFORMATION", "NOTICE", "LOG", "HTTP"],
    warn: ["WARN", "WRN", "WARNING"],
    error: ["ERROR", "ERR", "ERRO", "SEVERE"],
    fatal: ["FATAL", "FTL", "CRITICAL", "CRIT", "ALERT", "EMERG", "EMERGENCY", "PANIC"],
  } satisfies Record<LineLevel, readonly string[]>).flatMap(([level, words]) =>
    words.map((word) => [word, level as LineLevel] as const),
  ),
);

/** Characters of a line that are searched for a level. */
const SEARCHED = 200;
/** A longer JSON object is treated as text. */
const LONGEST_JSON = 65_536;
/** Number of words that are searched for a level in capitals. */
const FIRST_WORDS = 4;

function levelInLine(line: string): LineLevel | undefined {
  if (line.startsWith("{") && line.length <= LONGEST_JSON) return levelInJson(line);
  return levelInText(line.slice(0, SEARCHED).replaceAll(COLOURS, ""));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const COLOURS = /\x1b\[[\d;]*m/g;

function levelInJson(line: string): LineLevel | undefined {
  try {
    const fields = JSON.parse(line) as Record<string, unknown>;
    return levelOf(fields.level ?? fields.severity ?? fields["log.level"]);
  } catch {
    return undefined;
  }
}

function levelOf(value: unknown): LineLevel | undefined {
  if (typeof value === "string") return WORDS.get(value.toUpperCase());
  if (typeof value !== "number") return undefined;
  return LINE_LEVELS[Math.min(Math.max(Math.floor(value / 10), 1), LINE_LEVELS.length) - 1];
}

const LOGFMT = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]+)/;
/** Of Kubernetes and other programs in Go: `E1130 17:00:00.123456`. */
const KLOG = /^([IWEF])\d{4} \d\d:/;
const KLOG_LEVELS: Readonly<Record<string, LineLevel>> = { I: "info", W: "warn", E: "error", F: "fatal" };

function levelInText(text: string): LineLevel | undefined {
  const [, logfmt] = LOGFMT.exec(text) ?? [];
  if (logfmt !== undefined) return levelOf(logfmt);
  const [, klog] = KLOG.exec(text) ?? [];
  if (klog !== undefined) return KLOG_LEVELS[klog];
  return levelInWords(text.trimStart().split(/\s+/, FIRST_WORDS));
}

function levelInWords(words: readonly string[]): LineLevel | undefined {
  let isFirst = true;
  for (const word of words) {
    const [, before = "", name = "", after = ""] = WORD.exec(word) ?? [];
    const isMarked = before !== "" || after.startsWith(":");
    const level = WORDS.get(isFirst && isMarked ? name.toUpperCase() : name);
    if (level !== undefined && !PART_OF_NAME.test(after)) return level;
    if (isFirst && EXCEPTION.test(word)) return "error";
    isFirst &&= name === "" || /\d/.test(word);
  }
  return undefined;
}

/** A word, perhaps in brackets, and what follows it. */
const WORD = /^([[(<]?)([A-Za-z]*)(.*)$/;
/** What shows that a word is only a part of a path, a name or a number. */
const PART_OF_NAME = /^[\w./-]/;
const EXCEPTION = /^[\w.$]*(Error|Exception):$/;
