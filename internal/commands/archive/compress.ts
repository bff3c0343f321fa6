import { compress } from "../../../protocol/commands/archive.ts";
import { handle } from "../../base/handler.ts";
import { compressionOfName, compressor } from "./shared/compression.ts";
import { recodeFile } from "./shared/recode-file.ts";
import { through } from "./shared/streams.ts";

export default handle(compress, ({ src, dest, format, level }, { signal }) => {
  const stream = compressor("archive.compress", format ?? compressionOfName(dest) ?? "gzip", level);
  return recodeFile({ command: "archive.compress", src, dest, signal, recode: (source) => through(source, stream) });
});
