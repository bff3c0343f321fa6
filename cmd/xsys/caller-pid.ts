let behindLauncher: number | undefined;

/**
 * Takes out of the environment what launchers leave there, which is not for the programs that xsys starts. One that stays
 * as the parent of xsys gives its own parent in `XSYS_PARENT`.
 */
export function takeLauncherEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  const { XSYS_PARENT: parent = "" } = env;
  delete env.XSYS_PARENT;
  delete env.XSYS_PATH_FOLLOWED;
  behindLauncher = /^[1-9]\d{0,9}$/.test(parent) ? Number(parent) : undefined;
}

/** The process that called xsys: this one's parent, or that of the launcher between them. */
export function callerPid(): number {
  return behindLauncher ?? process.ppid;
}
