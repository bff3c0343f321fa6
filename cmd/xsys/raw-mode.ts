import { spawnSync } from "node:child_process";

/**
 * Sets the terminal on standard input so that every key is passed on as it is, and everything is shown as it comes; gives
 * what sets it back. By stty(1): Node's own raw mode goes on turning LF into CR LF, which breaks programs that move the
 * cursor down by it, as terminfo's cud1 for xterm does. Node's is used where there is no stty, as on Windows.
 */
export function enterRawMode(): () => void {
  const saved = stty("-g")?.trim();
  if (saved === undefined || stty("raw", "-echo", "-iexten") === undefined) {
    process.stdin.setRawMode(true);
    return () => void process.stdin.setRawMode(false);
  }
  return () => void stty(saved);
}

function stty(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("stty", args, { stdio: ["inherit", "pipe", "ignore"], encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}
