import { homedir } from "node:os";
import { join } from "node:path";

/** Where the keeper of a user stores things. All folders are the user's alone (mode 0700). */
export interface KeeperFolders {
  /** `$XSYS_STATE`; else `/var/lib/xsys` for root, and `xsys` in `$XDG_STATE_HOME` or `~/.local/state`. */
  readonly state: string;
  /** What should run: a JSON file for each app. */
  readonly apps: string;
  /** The output of apps: a folder for each. */
  readonly logs: string;
  /** The keeper's socket, and a folder for each app with its pipes. Of no use after a restart of the machine. */
  readonly run: string;
  /** The keeper's own log. */
  readonly log: string;
  readonly socket: string;
}

export function keeperFolders(env: Readonly<NodeJS.ProcessEnv>): KeeperFolders {
  const state = env.XSYS_STATE || defaultState(env);
  const run = join(state, "run");
  return {
    state,
    run,
    apps: join(state, "apps"),
    logs: join(state, "logs"),
    log: join(state, "keeper.log"),
    socket: join(run, "keeper.sock"),
  };
}

function defaultState(env: Readonly<NodeJS.ProcessEnv>): string {
  if (process.getuid?.() === 0) return "/var/lib/xsys";
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local", "state"), "xsys");
}
