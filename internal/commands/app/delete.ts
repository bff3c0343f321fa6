import { remove } from "../../../protocol/commands/app.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";

export default handle(remove, ({ name }, { host, signal }) =>
  withKeeper(host, (keeper) => keeper.call("keeper.delete", { name }, signal)),
);
