import { verify } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";

export default handle(verify, async ({ path, hash, algorithm }, { host, signal, progress }) => {
  const actual = await host.tasks.run("hash-file", { command: "fs.verify", path, algorithm }, { signal, progress });
  return { valid: actual === hash.toLowerCase() };
});
