import { readFileSync } from "node:fs";
import { XsysError } from "../../../../protocol/errors.ts";

/** What keeps a path from being watched, with the setting to raise where it is a limit. */
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
    `this user has no inotify watches left of ${setting("max_user_watches")}; raise them: sysctl fs.inotify.max_user_watches=1048576`,
  EMFILE: () =>
    `this user has no inotify instances left of ${setting("max_user_instances")} (sysctl fs.inotify.max_user_instances=1024 raises them), or this process no descriptors (ulimit -n)`,
  ENFILE: () => "the system has no descriptors left; raise them: sysctl fs.file-max",
};

function setting(name: string): string {
  try {
    return readFileSync(`/proc/sys/fs/inotify/${name}`, "latin1").trim();
  } catch {
    return "what the system allows";
  }
}
