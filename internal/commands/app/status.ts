import { status } from "../../../protocol/commands/app.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";
import { appOf, unreadable } from "./app-state.ts";

export default handle(status, ({ name }, { host, signal }) =>
  withKeeper(host, async (keeper) => {
    const found = await keeper.call("keeper.status", { ...(name !== undefined && { name }) }, signal);
    return [...found.apps.map(appOf), ...found.unreadable.map((each) => unreadable(each.name, each.fault))];
  }),
);
