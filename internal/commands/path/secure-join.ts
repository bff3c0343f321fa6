import { join, resolve } from "node:path";
import { secureJoin } from "../../../protocol/commands/path.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import { isInside } from "./shared/is-inside.ts";

export default handle(secureJoin, ({ base, segments }, { host }) => {
  const joined = join(base, ...segments);
  const [outer, inner] = [resolve(host.root, base), resolve(host.root, joined)];
  if (inner !== outer && !isInside(outer, inner)) {
    throw new XsysError("DENIED", `path.secure-join: ${segments.join(", ")} leads out of ${base}`, {
      details: { base, segments },
    });
  }
  return joined;
});
