import type { logs } from "../../protocol/commands/cluster.ts";
import type { EventOf } from "../../protocol/contract/command.ts";

/** One line of a worker's output. */
export type LogLine = EventOf<typeof logs>;

/** Lines kept of a member, whichever process of it printed them; together no more than MAX_TEXT characters. */
export const MAX_KEPT = 200;
const MAX_TEXT = 262_144;
/** Characters kept of one. */
const MAX_KEPT_LINE = 8_192;

/** The end of what a member printed. */
export class LastLines {
  readonly #lines: { readonly line: LogLine; readonly by: object | undefined }[] = [];
  #text = 0;

  /** `by` stands for the process that printed it. */
  add(line: LogLine, by?: object): void {
    const kept = line.line.length > MAX_KEPT_LINE ? { ...line, line: beginning(line.line) } : line;
    this.#lines.push({ line: kept, by });
    this.#text += kept.line.length;
    while (this.#lines.length > MAX_KEPT || this.#text > MAX_TEXT) {
      this.#text -= this.#lines.shift()?.line.line.length ?? 0;
    }
  }

  /** The last ones, the oldest first. */
  last(count: number): readonly LogLine[] {
    return count === 0 ? [] : this.#lines.slice(-count).map(({ line }) => line);
  }

  /** Those of one process, the oldest first. */
  of(by: object): readonly LogLine[] {
    return this.#lines.flatMap((each) => (each.by === by ? each.line : []));
  }
}

/** Copied: a slice of a string keeps all of it in memory. */
function beginning(line: string): string {
  return `${Buffer.from(line.slice(0, MAX_KEPT_LINE)).toString()} …`;
}
