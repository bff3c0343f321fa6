import { diffFiles } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";

export default handle(diffFiles, ({ a, b }, { host, signal }) =>
  host.tasks.run("diff-lines", { a, b, maxResult: host.maxResult }, { signal }),
);
