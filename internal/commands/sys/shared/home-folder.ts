import { homedir } from "node:os";

/** The user's home folder: HOME, or the user database's entry, or `/` for a user without an entry. */
export function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}
