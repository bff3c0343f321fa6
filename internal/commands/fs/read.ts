import { read } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";

export default handle(read, ({ path, bytes }, { host, signal }) => {
  const { maxResult } = host;
  return host.tasks.run(
    "read-whole",
    { command: "fs.read", path, encoding: bytes ? "hex" : "utf8", maxResult },
    { signal },
  );
});
