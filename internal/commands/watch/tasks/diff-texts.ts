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

/** Milliseconds after which two texts that have little in common are given whole. */
const TIME_LIMIT = 2_000;

/** Task: the lines that make one text another; undefined when they are too many. */
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

/** Without their ends; a last line need not have one. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
