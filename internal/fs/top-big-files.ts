import { topBigFiles } from "../../protocol/commands/fs-read.ts";
import { handle } from "../handler.ts";
import { asAsked } from "./as-asked.ts";

export default handle(topBigFiles, async ({ path, limit }, { host, signal, asked }) => {
  const files = await host.tasks.run("largest-files", { path, limit }, { signal });
  return files.map(({ relative, size }) => ({ path: asAsked(asked.path, relative), size }));
});
