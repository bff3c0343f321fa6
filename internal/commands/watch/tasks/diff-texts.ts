import { diffArrays } from "diff";

export interface ChangedLine {
  readonly type: "added" | "removed";
  readonly line: number;
  readonly text: string;
}

interface Args {
  readonly before: string;
  readonly after: string;
  readonly maxLines: number;
}

/** Milliseconds after which the diff stops and returns both texts as entirely removed and added. */
const TIME_LIMIT = 2_000;

/** Task: the lines that differ between two texts. Undefined when there are more than `maxLines`. */
export default function diffTexts({ before, after, maxLines }: Args): ChangedLine[] | undefined {
  const [old, now] = [linesOf(before), linesOf(after)];
  const parts = diffArrays(old, now, { timeout: TIME_LIMIT }) ?? [
    { value: old, removed: true, added: false, count: old.length },
    { value: now, removed: false, added: true, count: now.length },
  ];
  const changed: ChangedLine[] = [];
  let [oldLine, newLine] = [1, 1];
  for (const { value, added, removed } of parts) {
    if ((added || removed) && changed.length + value.length > maxLines) return undefined;
    for (const text of value) {
      if (removed) changed.push({ type: "removed", line: oldLine, text });
      else if (added) changed.push({ type: "added", line: newLine, text });
      if (!added) oldLine += 1;
      if (!removed) newLine += 1;
    }
  }
  return changed;
}

/** Lines without line breaks. The last line need not end in one. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
