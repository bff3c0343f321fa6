import { apply } from "../../../protocol/commands/app.ts";
import { applyConfig } from "../../apps/apply-config.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";
import { configResult } from "./config-result.ts";

export default handle(apply, ({ config, envName, prune }, { host, signal }) =>
  withKeeper(host, async (keeper) =>
    configResult(await applyConfig(host, keeper, { path: config ?? host.cwd, envName, prune, signal })),
  ),
);
