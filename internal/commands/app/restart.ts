import { restart } from "../../../protocol/commands/app.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";
import { appOf } from "./app-state.ts";

export default handle(restart, ({ name, clone }, { host, signal }) =>
  withKeeper(host, async (keeper) => {
    const params = { name, ...(clone !== undefined && { id: clone }) };
    return appOf(await keeper.call("keeper.restart", params, signal));
  }),
);
