import { rollback } from "../../../protocol/commands/app.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";
import { appOf } from "./app-state.ts";

export default handle(rollback, ({ name, to }, { host, signal }) =>
  withKeeper(host, async (keeper) => {
    const params = { name, ...(to !== undefined && { to }) };
    const { version, restored, differingFiles, status } = await keeper.call("keeper.rollback", params, signal);
    const { state, ready, clones } = appOf(status);
    const warnings = differingFiles.map(
      (path) => `${path} is not what it was in version ${restored}: files are not restored`,
    );
    return { name, version, restored, state, ready, clones, warnings };
  }),
);
