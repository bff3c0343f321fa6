import { diff } from "../../../protocol/commands/app.ts";
import { planConfig } from "../../apps/apply-config.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";
import { configResult } from "./config-result.ts";

export default handle(diff, ({ config, envName }, { host, signal }) =>
  withKeeper(host, async (keeper) =>
    configResult(await planConfig(host, keeper, { path: config ?? host.cwd, envName, signal })),
  ),
);
