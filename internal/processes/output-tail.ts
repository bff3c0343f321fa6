import type { logs } from "../../protocol/commands/cluster.ts";
import type { EventOf } from "../../protocol/contract/command.ts";

/** One line of a worker's output. */
export type LogLine = EventOf<typeof logs>;

/** Maximum number of lines kept per member, from all its processes; together at most MAX_TEXT characters. */
export const MAX_KEPT = 200;
const MAX_TEXT = 262_144;
/** Maximum characters kept per line. */
const MAX_KEPT_LINE = 8_192;

/** The last lines of a member's output. */
export class OutputTail {
  readonly #lines: { readonly line: LogLine; readonly by: object | undefined }[] = [];
  #text = 0;

  /** `by` identifies the process that printed the line. */
  add(line: LogLine, by?: object): void {
    const kept = line.line.length > MAX_KEPT_LINE ? { ...line, line: beginning(line.line) } : line;
    this.#lines.push({ line: kept, by });
    this.#text += kept.line.length;
    while (this.#lines.length > MAX_KEPT || this.#text > MAX_TEXT) {
      this.#text -= this.#lines.shift()?.line.line.length ?? 0;
    }
  }

  /** The last lines, oldest first. */
  last(count: number): readonly LogLine[] {
    return count === 0 ? [] : this.#lines.slice(-count).map(({ line }) => line);
  }

  /** The lines of one process, oldest first. */
  of(by: object): readonly LogLine[] {
    return this.#lines.flatMap((each) => (each.by === by ? each.line : []));
  }
}

/** Makes a copy, because a slice keeps the whole string in memory. */
function beginning(line: string): string {
  return `${Buffer.from(line.slice(0, MAX_KEPT_LINE)).toString()} …`;
}
