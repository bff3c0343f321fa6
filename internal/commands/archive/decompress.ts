import { decompress } from "../../../protocol/commands/archive.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import { compressionOfName, expander } from "./shared/compression.ts";
import { recodeFile } from "./shared/recode-file.ts";
import { compressionOfContents, refuseOthers } from "./shared/recognise.ts";
import { expanded } from "./shared/streams.ts";

const command = "archive.decompress";

export default handle(decompress, ({ src, dest, format, maxBytes }, { signal }) =>
  recodeFile({
    command,
    src,
    dest,
    signal,
    recode: (source, start) => {
      const compression = format ?? compressionOfContents(start) ?? brotliByName(src, start);
      return expanded(source, expander(compression), { command, path: src, maxBytes });
    },
  }),
);

function brotliByName(path: string, start: Buffer): "brotli" {
  if (compressionOfName(path) === "brotli") return "brotli";
  refuseOthers(command, path, start);
  const message = `${command} failed on ${path}: it is neither gzip nor zstd, and its name does not end in .br`;
  throw new XsysError("INVALID_DATA", message, { details: { path } });
}
