import { resolve, relative as wayBetween } from "node:path";
import { relative } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(relative, ({ from, to }, { host }) =>
  wayBetween(resolve(host.root, from), resolve(host.root, to)),
);
