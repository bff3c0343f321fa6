import { homedir } from "node:os";
import { join } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import type { Host } from "../../base/context.ts";
import { assignments, quoted, unitText } from "../../base/unit-file.ts";
import { notifiesItself } from "../../processes/service-manager.ts";

/** Name of the unit that runs the keeper. */
export const UNIT_NAME = "xsys-apps.service";

/** Where the unit is: root's is the system's, that of another user belongs to the user's own systemd. */
export function unitPath(env: Readonly<NodeJS.ProcessEnv>): string {
  if (isSystemUnit()) return `/etc/systemd/system/${UNIT_NAME}`;
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config"), "systemd/user", UNIT_NAME);
}

/** Whether the unit belongs to the system's instance of systemd. */
export function isSystemUnit(): boolean {
  return process.getuid?.() === 0;
}

/** Exit statuses after which another start would fail in the same way: an invalid configuration, another daemon. */
const FINAL = "64 65 66 75 77";

/**
 * The unit that runs `xsys daemon`: systemd.service(5). Nothing restricts it, because apps inherit what restricts their
 * keeper.
 * @param config - absolute path of a configuration file
 * @throws UNSUPPORTED if this program cannot be started again
 */
export function bootUnitText({ env, program }: Host, config: string | undefined): string {
  if (program === undefined) throw new XsysError("UNSUPPORTED", "this program has no daemon");
  const system = isSystemUnit();
  return unitText({
    Unit: {
      Description: "Apps that xsys keeps running",
      ...(system && { After: "network.target" }),
      StartLimitIntervalSec: "0", // it is started again however often it dies
    },
    Service: {
      Type: "notify",
      NotifyAccess: notifiesItself() ? "main" : "all",
      ExecStart: quoted([...program.daemon, ...(config === undefined ? [] : ["--config", config])]),
      ExecReload: "/bin/kill -HUP $MAINPID",
      Environment: assignments(environmentOf(env)),
      ...(system && { User: "root" }), // sets HOME, too
      KillMode: "process", // the daemon ends the apps itself; those of a killed one go on
      Restart: "on-failure",
      RestartSec: "200ms",
      RestartPreventExitStatus: FINAL,
      TimeoutStartSec: "infinity", // apps may take their time to start
      WatchdogSec: "60",
      WatchdogSignal: "SIGKILL", // which costs nothing, and writes no core
      Delegate: "yes", // it may divide its cgroup among the apps
      OOMPolicy: "continue", // the end of one app's process is no reason to stop all
      TasksMax: "infinity",
    },
    Install: { WantedBy: system ? "multi-user.target" : "default.target" },
  });
}

/** The daemon must find the same state folder, and the programs that a configuration names. */
function environmentOf(env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  return Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = env[name];
      return value === undefined || /[\n\0]/.test(value) ? [] : [[name, value]];
    }),
  );
}

const KEPT = ["PATH", "XSYS_STATE", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XSYS_CACHE", "XSYS_FFI"];
