import { spawnSync } from "node:child_process";

/**
 * Puts the terminal on standard input into raw mode, so that input and output pass unchanged. Returns a function that
 * restores it. This uses stty(1), because Node's raw mode still translates LF to CR LF, which breaks programs that use
 * LF to move the cursor down, as terminfo's cud1 for xterm does. Without stty, as on Windows, Node's raw mode is used.
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
