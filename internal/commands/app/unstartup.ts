import { rm, stat } from "node:fs/promises";
import { unstartup } from "../../../protocol/commands/app.ts";
import { UNIT_NAME, unitPath } from "../../apps/boot/boot-unit.ts";
import { needSystemd, systemctl } from "../../apps/boot/systemctl.ts";
import { leave } from "../../apps/replace-keeper.ts";
import { ifKeeper, withKeeper } from "../../apps/with-keeper.ts";
import { handle } from "../../base/handler.ts";

export default handle(unstartup, async (_, { host, signal }) => {
  const unit = unitPath(host.env);
  await stat(unit);
  await needSystemd(host);
  await systemctl(host, "disable", UNIT_NAME);
  const main = Number(await systemctl(host, "show", "--property=MainPID", "--value", UNIT_NAME));
  await ifKeeper(host, async (keeper) => {
    const { pid } = await keeper.call("keeper.status", {}, signal);
    if (pid === main) await leave(keeper); // with status 0, after which systemd does not start it again
  });
  const { pid } = await withKeeper(host, (keeper) => keeper.call("keeper.status", {}, signal));
  await rm(unit);
  await systemctl(host, "daemon-reload");
  return { unit, pid };
});
