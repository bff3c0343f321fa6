import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { start } from "../../../protocol/commands/app.ts";
import type { HandlerParams } from "../../../protocol/commands/index.ts";
import type { KeeperClient } from "../../apps/keeper-client.ts";
import { nodeOf } from "../../apps/node-of.ts";
import { resolveApp } from "../../apps/resolve-app.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import type { Host } from "../../base/context.ts";
import { handle } from "../../base/handler.ts";
import { APP_NAME, type AppSpec } from "../../keeper/app-spec.ts";
import { appOf } from "./app-state.ts";

type Params = HandlerParams<"app.start">;

export default handle(start, async (params, { host, signal }) => {
  const spec = mayBeName(params, host) ? undefined : await specOf(params, host);
  return withKeeper(host, async (keeper) => {
    if (spec === undefined && (await isKnown(keeper, params.entry))) {
      return appOf(await keeper.call("keeper.start-again", { name: params.entry }, signal));
    }
    return appOf(await keeper.call("keeper.start", { spec: spec ?? (await specOf(params, host)) }, signal));
  });
});

/** Whether the entry may be the name of an app: no file has this name, and nothing else is said. */
function mayBeName({ entry, args, noAutorestart: _, clones: _clones, ...settings }: Params, { cwd }: Host): boolean {
  return (
    APP_NAME.test(entry) && args.length === 0 && Object.keys(settings).length === 0 && !existsSync(resolve(cwd, entry))
  );
}

async function isKnown(keeper: KeeperClient, name: string): Promise<boolean> {
  const { apps } = await keeper.call("keeper.status", {});
  return apps.some((app) => app.name === name);
}

function specOf({ noAutorestart, ...definition }: Params, host: Host): Promise<AppSpec> {
  const { cwd, env } = host;
  return resolveApp({ ...definition, autorestart: !noAutorestart }, { env, cwd, node: () => nodeOf(host) });
}
