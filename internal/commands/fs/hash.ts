import { hash } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";

export default handle(hash, async ({ path, algorithm }, { host, signal, progress }) => ({
  hash: await host.tasks.run("hash-file", { command: "fs.hash", path, algorithm }, { signal, progress }),
}));
