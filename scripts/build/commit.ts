import { execFileSync } from "node:child_process";
import { HOME } from "../home.ts";

export interface Commit {
  /** `commit` and twelve hexadecimal digits, with a `+` if files were modified. `source` outside of a repository. */
  readonly name: string;
  /** Commit time. The epoch outside of a repository. */
  readonly date: Date;
}

export function currentCommit(): Commit {
  try {
    const [hash = "", seconds] = git("log", "-1", "--format=%H %ct").split(" ");
    const isChanged = git("--no-optional-locks", "status", "--porcelain", "--untracked-files=no") !== "";
    return { name: `commit ${hash.slice(0, 12)}${isChanged ? "+" : ""}`, date: new Date(Number(seconds) * 1000) };
  } catch {
    return { name: "source", date: new Date(0) };
  }
}

function git(...words: string[]): string {
  return execFileSync("git", words, { cwd: HOME, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
