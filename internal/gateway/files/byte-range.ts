/** The bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Evaluates a Range field for a file of `size` bytes. Overlapping and adjacent ranges are joined. Returns "whole" if
 * the field must be ignored (another unit, malformed) or asks for several parts, and "none" if no range can be
 * satisfied. Source: RFC 9110, 14.1.2 and 14.2.
 */
export function byteRange(field: string, size: number): ByteRange | "whole" | "none" {
  const [, set] = /^bytes=(.*)$/i.exec(field) ?? [];
  const specs = (set ?? "").split(",").map((spec) => spec.trim());
  const ranges = specs.filter((spec) => spec !== "").map((spec) => rangeOf(spec, size));
  if (ranges.length === 0 || ranges.includes("malformed")) return "whole";
  const present = ranges.filter((range) => typeof range === "object");
  if (present.length === 0) return "none";
  const range = joined(present);
  // A suffix range of an empty file is the whole file, which Content-Range cannot express.
  return range === undefined || size === 0 ? "whole" : range;
}

function rangeOf(spec: string, size: number): ByteRange | "none" | "malformed" {
  const [, first, last] = /^(\d*)-(\d*)$/.exec(spec) ?? [];
  if (first === undefined || last === undefined || first + last === "") return "malformed";
  if (first === "") return Number(last) === 0 ? "none" : { start: Math.max(0, size - Number(last)), end: size - 1 };
  if (last !== "" && Number(last) < Number(first)) return "malformed";
  if (Number(first) >= size) return "none";
  return { start: Number(first), end: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

/** Undefined if there is a gap between two ranges. */
function joined(ranges: readonly ByteRange[]): ByteRange | undefined {
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  const start = sorted[0]?.start ?? 0;
  let end = start - 1;
  for (const range of sorted) {
    if (range.start > end + 1) return undefined;
    end = Math.max(end, range.end);
  }
  return { start, end };
}
