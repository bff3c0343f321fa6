import { homedir } from "node:os";

/** The user's home folder: HOME, else what the user database tells, else `/` for a user that it does not know. */
export function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}
