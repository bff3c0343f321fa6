import type { Outcome } from "../comparison.ts";
import type { Measured } from "./measured.ts";

/** Pixels. */
const WIDTH = 860;
const ROW = 18;
const LABELS = 430;
const SCALE = 340;
const HEAD = 44;
const TITLE = "Result of each goal as a share of its limit (left of the line: reached)";
/** The ends of the scale, as multiples of the goal. */
const LEAST = 0.05;
const MOST = 4;

/**
 * Draws each goal as a bar. Its length is our value divided by the goal for "at most", and the goal divided by our
 * value for "at least": 1 is the goal itself, less is better. The scale is logarithmic; values beyond it are cut off
 * at its ends.
 */
export function chart(benches: Readonly<Record<string, Measured>>): string {
  const rows = Object.entries(benches).flatMap(([bench, { outcomes }]) =>
    outcomes.flatMap((outcome) => {
      const used = usedOf(outcome);
      return used === undefined ? [] : [{ label: `${bench}: ${outcome.what}`, used, value: outcome.value }];
    }),
  );
  const height = HEAD + rows.length * ROW + 12;
  const goal = LABELS + position(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="10" y="18" font-size="13" fill="#222">${TITLE}</text>`,
    ...rows.map((row, index) => bar(row, HEAD + index * ROW)),
    `<line x1="${goal}" x2="${goal}" y1="${HEAD - 12}" y2="${height - 8}" stroke="#222" stroke-width="1.5"/>`,
    `<text x="${goal}" y="${HEAD - 16}" text-anchor="middle" fill="#222">goal</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function bar({ label, used, value }: { label: string; used: number; value: number }, y: number): string {
  const width = Math.max(2, position(used));
  const colour = used <= 1 ? "#3a8f5c" : "#c0603f";
  return [
    `<text x="${LABELS - 8}" y="${y + 11}" text-anchor="end" fill="#333">${escaped(label)}</text>`,
    `<rect x="${LABELS}" y="${y + 2}" width="${width.toFixed(1)}" height="${ROW - 6}" fill="${colour}"/>`,
    `<text x="${(LABELS + width + 5).toFixed(1)}" y="${y + 11}" fill="#555">${value.toFixed(2)}</text>`,
  ].join("\n");
}

/** Undefined when the goal is 0 and was reached, because the ratio is not defined. */
function usedOf({ value, atMost, atLeast }: Outcome): number | undefined {
  if (atLeast !== undefined) return value === 0 ? MOST : atLeast / value;
  if (atMost === undefined) return undefined;
  if (atMost === 0) return value === 0 ? undefined : MOST;
  return value / atMost;
}

function position(used: number): number {
  const share = Math.log(Math.min(Math.max(used, LEAST), MOST) / LEAST) / Math.log(MOST / LEAST);
  return share * SCALE;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
