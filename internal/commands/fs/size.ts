import { size } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { treeSize } from "./shared/tree-size.ts";

export default handle(size, async ({ path }, context) => {
  const { size: bytes } = await treeSize(path, context);
  return { bytes, formatted: formatted(bytes) };
});

const UNITS = ["KB", "MB", "GB", "TB", "PB"];

/** Formats a size such as `512 B` or `1.50 KB`, in steps of 1024. */
function formatted(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let [value, unit] = [bytes / 1024, 0];
  // Values that would round to 1024.00 become 1.00 of the next unit.
  while (value >= 1023.995 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(2)} ${UNITS[unit]}`;
}
