import { readFileSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";

/** Replaces an error about a system limit by one that names the setting to raise. */
export function explainLimit(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const advice = ADVICE[code ?? ""]?.(message);
  if (advice === undefined) return error;
  return new XsysError("LIMIT_EXCEEDED", `watching failed on ${path}: ${advice}`, {
    details: { path, errno: code },
    cause: error,
  });
}

const ADVICE: Readonly<Record<string, (message: string) => string>> = {
  ENOSPC: () =>
    `the limit of inotify watches per user is reached (${setting("max_user_watches")}); ` +
    "raise it: sysctl fs.inotify.max_user_watches=1048576",
  EMFILE: () =>
    `the limit of inotify instances per user (${setting("max_user_instances")}; ` +
    "raise it: sysctl fs.inotify.max_user_instances=1024) or of descriptors per process (ulimit -n) is reached",
  ENFILE: () => "the system's limit of open descriptors is reached; raise it: sysctl fs.file-max",
};

function setting(name: string): string {
  try {
    return readFileSync(`/proc/sys/fs/inotify/${name}`, "latin1").trim();
  } catch {
    return "unknown";
  }
}
