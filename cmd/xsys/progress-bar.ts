import type { LineOutput } from "../../internal/front/command-line.ts";
import type { Progress } from "../../protocol/wire/event-stream.ts";
import { printableLine } from "./print/printable.ts";
import { formatNumber } from "./print/units.ts";

/** Milliseconds before the bar is shown. */
const PATIENCE = 1_000;
const BAR_WIDTH = 24;

/** Progress bar on a terminal. */
export class ProgressBar {
  readonly #startedAt = performance.now();
  readonly #terminal: LineOutput;
  #drawn = false;

  constructor(terminal: LineOutput) {
    this.#terminal = terminal;
  }

  show(progress: Progress): void {
    if (performance.now() - this.#startedAt < PATIENCE) return;
    this.#drawn = true;
    const { columns = 80 } = this.#terminal;
    this.#write(`\r\x1b[2K${progressLine(progress).slice(0, Math.max(1, columns - 1))}`);
  }

  /** Clears the line. */
  clear(): void {
    if (this.#drawn) this.#write("\r\x1b[2K");
  }

  #write(text: string): void {
    this.#terminal.write(text).catch(() => {});
  }
}

/** `[######··················]  25 %  1.00 MB of 4.00 MB  src/app.ts` */
export function progressLine({ done, total, unit, item }: Progress): string {
  const amount = (value: number) => (unit === "bytes" ? formatNumber(value, "bytes") : `${value} ${unit}`);
  const parts = total === undefined ? [amount(done)] : [bar(done, total), `${amount(done)} of ${amount(total)}`];
  return [...parts, ...(item === undefined ? [] : [printableLine(item)])].join("  ");
}

function bar(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `[${"#".repeat(filled)}${"·".repeat(BAR_WIDTH - filled)}] ${percent} %`;
}
