import { tail } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";

export default handle(tail, ({ path, lines }, { host, signal }) =>
  host.tasks.run("last-lines", { path, lines, maxResult: host.maxResult }, { signal }),
);
