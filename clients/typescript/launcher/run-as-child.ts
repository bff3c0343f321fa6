import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";

/** Signals that are forwarded to the program. Not SIGCHLD, SIGWINCH and the job control signals. */
const FORWARDED = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

/** Signals that a terminal sends to every process in its foreground group when a key is pressed. */
const FROM_KEYS: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGQUIT"]);

/**
 * Runs a program with this process's standard streams, forwards signals to it, and ends as the program ends: with its
 * exit status, or by the same signal. The program gets the pid of this process's parent in `XSYS_PARENT`, unless a
 * launcher that started this one has already set it.
 */
export function runAsChild(file: string, words: readonly string[], name: string, failed: (error: Error) => void): void {
  const env = { XSYS_PARENT: `${process.ppid}`, ...process.env };
  const child = spawn(file, words, { argv0: name, stdio: "inherit", env });
  const forward = (signal: NodeJS.Signals) => {
    // The program got the signal from the terminal. A second one would tell it to stop without finishing its work.
    if (!(FROM_KEYS.has(signal) && isInForeground())) child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  child.on("error", failed);
  child.on("exit", (status, signal) => {
    for (const name of FORWARDED) process.off(name, forward);
    process.exitCode = signal === null ? (status ?? 1) : 128 + constants.signals[signal];
    if (signal !== null) process.kill(process.pid, signal);
  });
}

/** Whether this process gets the terminal's key signals. On Windows every process of a console gets them. */
function isInForeground(): boolean {
  if (process.platform === "win32") return true;
  if (process.platform !== "linux") return [0, 1, 2].some((descriptor) => isatty(descriptor));
  const text = readFileSync("/proc/self/stat", "latin1");
  const [, , group, , , foreground] = text.slice(text.lastIndexOf(")") + 2).split(" "); // proc(5): pgrp, tpgid
  return group === foreground;
}
