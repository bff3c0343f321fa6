import type { AppSpec } from "../../../internal/keeper/app-spec.ts";

/** The description of an app that sleeps for a second. */
export function appSpec(name: string, more: Partial<AppSpec> = {}): AppSpec {
  return {
    name,
    command: ["/bin/sleep", "1"],
    cwd: "/",
    environment: { base: { PATH: "/bin" }, own: {} },
    front: { kind: "none" },
    clones: 1,
    standbys: 0,
    stableFor: 100,
    readyTimeout: 30_000,
    drainTimeout: 100,
    killTimeout: 100,
    autorestart: true,
    stopExitCodes: [],
    restartDelay: 100,
    log: { maxSize: 1_048_576, maxFiles: 1 },
    ...more,
  };
}
