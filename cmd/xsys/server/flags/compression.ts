import type { CompressionOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { count, flag, size } from "../../flags/kinds.ts";
import { list } from "../../flags/texts.ts";
import type { Given } from "./files.ts";

export const COMPRESSION = {
  "perf-compression": flag("Compress answers for clients that accept it; off by default with --signature.", true),
  "perf-compression-algs": list("Of gzip, br, deflate, zstd.", ["gzip", "br"]),
  "compression-level": count({ summary: "From fast to small.", byDefault: 4, most: 11 }),
  "compression-threshold": size({ summary: "Smaller bodies are left as they are.", byDefault: 1024 }),
  "compression-types": list("Media types, or how they begin; none for text, JSON, JavaScript, XML and the like."),
};

/** XyPriss's client says nothing of compression where its application has it off. */
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
