import { toNamespacedPath } from "node:path";
import { toNamespaced } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(toNamespaced, ({ path }) => toNamespacedPath(path));
