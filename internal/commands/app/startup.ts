import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { startup } from "../../../protocol/commands/app.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { bootUnitText, isSystemUnit, UNIT_NAME, unitPath } from "../../apps/boot/boot-unit.ts";
import { needSystemd, systemctl } from "../../apps/boot/systemctl.ts";
import { ifKeeper, withKeeper } from "../../apps/with-keeper.ts";
import type { Host } from "../../base/context.ts";
import { handle } from "../../base/handler.ts";
import { replaceFile } from "../../files/replace-file.ts";

export default handle(startup, async ({ config, print }, { host, signal }) => {
  if (config !== undefined) await stat(config); // the daemon would fail at each start
  const text = bootUnitText(host, config);
  if (print) return text;
  await needSystemd(host);
  const wasRunning = await isRunning(host);
  const unit = unitPath(host.env);
  await replaceFile(unit, [Buffer.from(text)], { mode: 0o644, syncFolder: true, signal });
  await systemctl(host, "daemon-reload");
  await systemctl(host, "enable", "--now", UNIT_NAME); // it returns when the daemon has taken over
  const { pid } = await withKeeper(host, (keeper) => keeper.call("keeper.status", {}, signal));
  return { unit, pid, hints: [...(wasRunning ? [OLD_SETTINGS] : []), ...lingerHint()] };
});

/** Whether the unit's daemon runs. @throws BUSY if another daemon does, with which the unit's would compete */
async function isRunning(host: Host): Promise<boolean> {
  const main = Number(await systemctl(host, "show", "--property=MainPID", "--value", UNIT_NAME));
  const status = await ifKeeper(host, (keeper) => keeper.call("keeper.status", {}));
  if (status?.isDaemon && status.pid !== main) {
    throw new XsysError(
      "BUSY",
      `xsys daemon already runs, pid ${status.pid}: end it first, or leave it to what runs it`,
    );
  }
  return main > 0;
}

const OLD_SETTINGS =
  "The daemon was running already. `xsys app upgrade` gives it this program; other changes of the unit need " +
  `\`systemctl ${isSystemUnit() ? "" : "--user "}restart ${UNIT_NAME}\`, which stops all apps and starts them again.`;

function lingerHint(): string[] {
  const { username } = userInfo();
  if (isSystemUnit() || existsSync(`/var/lib/systemd/linger/${username}`)) return [];
  return [`The apps start when ${username} logs in, and end with the last login: loginctl enable-linger ${username}`];
}
