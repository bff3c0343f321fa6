let behindLauncher: number | undefined;

/**
 * Removes the launchers' variables from the environment, so that programs started by xsys do not inherit them. A
 * launcher that stays as the parent of xsys passes its own parent in `XSYS_PARENT`.
 */
export function takeLauncherEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  const { XSYS_PARENT: parent = "" } = env;
  delete env.XSYS_PARENT;
  delete env.XSYS_PATH_FOLLOWED;
  behindLauncher = /^[1-9]\d{0,9}$/.test(parent) ? Number(parent) : undefined;
}

/** The process that called xsys: the parent of this process, or of the launcher between them. */
export function callerPid(): number {
  return behindLauncher ?? process.ppid;
}
