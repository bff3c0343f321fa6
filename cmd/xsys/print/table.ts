import { styleText } from "node:util";
import { cut, widthOf } from "./width.ts";

export interface Column {
  readonly title: string;
  /** Numbers are aligned to the right, text to the left. */
  readonly right: boolean;
}

export interface Style {
  readonly color: boolean;
  /** Width of the terminal; 0 if there is none, so that nothing is truncated. */
  readonly columns: number;
}

const GAP = "  ";
/** Minimum width of a truncated column: three letters and the ellipsis. */
const NARROWEST = 4;

/** Lines of an aligned table with a header. Cells must be printable text. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], style: Style): string[] {
  const natural = columns.map(({ title }, i) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[i] ?? "")), widthOf(title)),
  );
  const widths = style.columns > 0 ? narrowed(columns, natural, style.columns) : natural;
  const header = line(
    columns.map(({ title }) => title),
    columns,
    widths,
  );
  return [style.color ? bold(header) : header, ...rows.map((row) => line(row, columns, widths))];
}

/** Lines aligned as in a table, without a header and never truncated. */
export function aligned(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  return table(columns, rows, { color: false, columns: 0 }).slice(1);
}

/**
 * Narrows the widest text column repeatedly until the table fits. Numbers are never truncated, because a truncated
 * number is a different number.
 */
function narrowed(columns: readonly Column[], natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - available;
  for (; excess > 0; excess--) {
    const widest = widestText(columns, widths);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widestText(columns: readonly Column[], widths: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const [i, width] of widths.entries()) {
    if (columns[i]?.right || width <= NARROWEST) continue;
    if (best === undefined || width > (widths[best] ?? 0)) best = i;
  }
  return best;
}

function line(cells: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  return columns
    .map(({ right }, i) => {
      const width = widths[i] ?? 0;
      const text = cut(cells[i] ?? "", width);
      const padding = " ".repeat(Math.max(0, width - widthOf(text)));
      return right ? padding + text : text + padding;
    })
    .join(GAP)
    .trimEnd();
}

/** The caller has decided whether to use colour, so the output stream is not checked again. */
function bold(text: string): string {
  return styleText("bold", text, { validateStream: false });
}
