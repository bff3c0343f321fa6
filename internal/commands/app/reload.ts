import { reload } from "../../../protocol/commands/app.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";
import { appOf } from "./app-state.ts";

export default handle(reload, ({ name }, { host, signal }) =>
  withKeeper(host, async (keeper) => appOf(await keeper.call("keeper.restart", { name }, signal))),
);
