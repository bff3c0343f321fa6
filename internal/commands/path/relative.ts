import { relative as relativePath, resolve } from "node:path";
import { relative } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(relative, ({ from, to }, { host }) =>
  relativePath(resolve(host.root, from), resolve(host.root, to)),
);
