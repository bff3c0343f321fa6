import type { CompressionOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { count, flag, size } from "../../flags/kinds.ts";
import { list } from "../../flags/texts.ts";
import type { Given } from "./files.ts";

export const COMPRESSION = {
  "perf-compression": flag(
    "Compress responses for clients that accept it; off by default when XyPriss starts the service.",
    true,
  ),
  "perf-compression-algs": list("Comma-separated compression algorithms: gzip, br, deflate, zstd.", ["gzip", "br"]),
  "compression-level": count({
    summary: "Compression level, from 1 (fast) to 11 (small); gzip and deflate use at most 9.",
    byDefault: 4,
    most: 11,
  }),
  "compression-threshold": size({ summary: "Minimum size of a body to compress.", byDefault: 1024 }),
  "compression-types": list(
    "Comma-separated media types to compress; the beginning of a media type is enough. By default text, JSON, " +
      "JavaScript, XML and similar types.",
  ),
};

/** XyPriss's client sends no compression flags if its application has turned compression off. */
export function compressionOptions(
  values: Values<typeof COMPRESSION>,
  { given, signed }: { readonly given: Given; readonly signed: boolean },
): CompressionOptions | undefined {
  if (!values["perf-compression"] || (signed && !given.has("perf-compression"))) return undefined;
  return {
    algorithms: values["perf-compression-algs"],
    level: values["compression-level"],
    threshold: values["compression-threshold"],
    types: values["compression-types"],
  };
}
