import { crashes } from "../../../protocol/commands/app.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";

export default handle(crashes, ({ name, limit }, { host, signal }) =>
  withKeeper(host, async (keeper) => {
    const records = await keeper.call("keeper.crashes", { name }, signal);
    return records.slice(0, limit).map(({ id: clone, in_flight: _, requests: _requests, ...record }) => ({
      ...record,
      clone,
    }));
  }),
);
