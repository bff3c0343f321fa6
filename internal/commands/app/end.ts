import { end } from "../../../protocol/commands/app.ts";
import { ifKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";

export default handle(end, async (_, { host, signal }) => {
  await ifKeeper(host, async (keeper) => {
    await keeper.call("keeper.end", {}, signal);
    await keeper.closed;
  });
  return null;
});
