import { upgrade } from "../../../protocol/commands/app.ts";
import { keeperProgram, withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";

export default handle(upgrade, async (_, { host, signal }) => {
  await withKeeper(host, async (keeper) => {
    // The connection ends with the keeper's old program. Only a refusal is answered.
    const refused = keeper.call("keeper.upgrade", { command: keeperProgram(host).keeper }, signal);
    await Promise.race([keeper.closed, refused]).catch(async (error: unknown) => {
      if (!keeper.isClosed) throw error;
    });
  });
  return withKeeper(host, async (keeper) => {
    const { pid, version } = await keeper.call("keeper.status", {}, signal);
    return { pid, version };
  });
});
