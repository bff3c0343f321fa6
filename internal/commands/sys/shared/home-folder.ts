import { homedir, userInfo } from "node:os";

/** The home directory: HOME, or the user database's entry, or `/` for a user without an entry. */
export function homeFolder(env: Readonly<NodeJS.ProcessEnv>): string {
  try {
    if (process.platform === "win32") return homedir();
    return env.HOME ?? userInfo().homedir;
  } catch {
    return "/";
  }
}
