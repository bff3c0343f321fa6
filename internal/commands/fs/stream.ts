import { stream } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";

export default handle(stream, ({ path, chunkSize, hex }, { host, signal }) => {
  const { maxResult } = host;
  return host.tasks.run(
    "read-whole",
    { command: "fs.stream", path, encoding: hex ? "hex" : "utf8", chunkSize, maxResult },
    { signal },
  );
});
