import { delimiter, isAbsolute, join } from "node:path";
import { paths } from "../../../protocol/commands/sys.ts";
import { temporaryFolder } from "../../../protocol/endpoint.ts";
import { handle } from "../../base/handler.ts";
import { homeFolder } from "./shared/home-folder.ts";

export default handle(paths, (_, { host }) => ({
  root: host.root,
  cwd: host.cwd,
  home: homeFolder(host.env),
  temp: temporaryFolder(host.env),
  ...userFolders(homeFolder(host.env), host.env),
  executable: process.execPath,
  path: (host.env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""),
}));

interface UserFolders {
  readonly config: string;
  readonly data: string;
  readonly cache: string;
}

/** The folders for a user's configuration, data and cache. */
export function userFolders(home: string, env: Readonly<NodeJS.ProcessEnv>, system = process.platform): UserFolders {
  if (system === "darwin") return appleFolders(home);
  return system === "win32" ? windowsFolders(home, env) : xdgFolders(home, env);
}

function appleFolders(home: string): UserFolders {
  const support = join(home, "Library", "Application Support");
  return { config: support, data: support, cache: join(home, "Library", "Caches") };
}

function windowsFolders(home: string, env: Readonly<NodeJS.ProcessEnv>): UserFolders {
  const roaming = env.APPDATA ?? join(home, "AppData", "Roaming");
  const local = env.LOCALAPPDATA ?? join(home, "AppData", "Local");
  return { config: roaming, data: local, cache: local };
}

/** The XDG Base Directory Specification. Relative paths in its variables must be ignored. */
function xdgFolders(home: string, env: Readonly<NodeJS.ProcessEnv>): UserFolders {
  const folder = (value: string | undefined, ...standard: string[]) =>
    value !== undefined && isAbsolute(value) ? value : join(home, ...standard);
  return {
    config: folder(env.XDG_CONFIG_HOME, ".config"),
    data: folder(env.XDG_DATA_HOME, ".local", "share"),
    cache: folder(env.XDG_CACHE_HOME, ".cache"),
  };
}
