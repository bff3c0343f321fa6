import type { CompressionOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { count, flag, size } from "../../flags/kinds.ts";
import { list } from "../../flags/texts.ts";

export const COMPRESSION = {
  "perf-compression": flag("Compress answers for clients that take it.", true),
  "perf-compression-algs": list("Of gzip, br, deflate, zstd.", ["gzip", "br"]),
  "compression-level": count({ summary: "From fast to small.", byDefault: 4, most: 11 }),
  "compression-threshold": size({ summary: "Smaller bodies are left as they are.", byDefault: 1024 }),
  "compression-types": list("Media types, or how they begin; none for text, JSON, JavaScript, XML and the like."),
};

export function compressionOptions(values: Values<typeof COMPRESSION>): CompressionOptions | undefined {
  if (!values["perf-compression"]) return undefined;
  return {
    algorithms: values["perf-compression-algs"],
    level: values["compression-level"],
    threshold: values["compression-threshold"],
    types: values["compression-types"],
  };
}
