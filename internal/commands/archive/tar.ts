import { tar } from "../../../protocol/commands/archive.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";
import { compressionOfName } from "./shared/compression.ts";

export default handle(tar, ({ dir, output, format, level }, { host, signal, progress }) => {
  const byName = /\.tar$/i.test(output) ? "none" : (compressionOfName(output) ?? "gzip");
  const compression = format ?? byName;
  return interruptible(signal, (interrupt) =>
    host.tasks.run("pack-tar", { dir, output, compression, level, interrupt }, { progress }),
  );
});
