import { dirname, isAbsolute, normalize, sep } from "node:path";
import { commonBase } from "../../../protocol/commands/path.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";

export default handle(commonBase, ({ paths }) => {
  if (new Set(paths.map(isAbsolute)).size > 1) {
    throw new XsysError("INVALID_PARAMS", "path.common-base: absolute and relative paths have no common folder");
  }
  const folders = paths.map((path) => dirname(normalize(path)).split(sep));
  const [first = [], ...others] = folders;
  const shared = first.findIndex((part, depth) => others.some((folder) => folder[depth] !== part));
  const common = (shared === -1 ? first : first.slice(0, shared)).join(sep);
  if (common !== "") return common;
  return paths.every(isAbsolute) ? sep : ".";
});
