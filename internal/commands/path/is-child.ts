import { resolve } from "node:path";
import { isChild } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";
import { isInside } from "./shared/is-inside.ts";

export default handle(isChild, ({ parent, child }, { host }) =>
  isInside(resolve(host.root, parent), resolve(host.root, child)),
);
