import { topBigFiles } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { asAsked } from "../../files/as-asked.ts";
import { inParts } from "../../files/tree-parts.ts";
import { largestOf } from "./tasks/largest-files.ts";

export default handle(topBigFiles, async ({ path, limit }, { host, signal, asked }) => {
  const parts = await inParts((shared) => host.tasks.run("largest-files", { path, shared, limit }, { signal }));
  const files = parts.flatMap((part) => part.files);
  const named = asAsked(asked.path);
  return largestOf(files, limit).map(({ relative, size }) => ({ path: named(relative), size }));
});
