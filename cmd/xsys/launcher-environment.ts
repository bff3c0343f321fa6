let behindLauncher: number | undefined;

/** The launchers' variables, which the programs started by xsys do not inherit. */
const PARENT = "XSYS_PARENT";
const VARIABLES = [PARENT, "XSYS_PATH_FOLLOWED"];

/**
 * Removes the launchers' variables from the environment, so that programs started by xsys do not inherit them. A
 * launcher that stays as the parent of xsys passes its own parent in `XSYS_PARENT`.
 */
export function takeLauncherEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  behindLauncher = parentIn(env);
  for (const name of VARIABLES) delete env[name];
}

/** The process that called xsys: the parent of this process, or of the launcher between them. */
export function callerPid(): number {
  return behindLauncher ?? process.ppid;
}

/** The parent that a launcher passed in the environment of another process, and that environment without it. */
export function launcherParent(env: Readonly<NodeJS.ProcessEnv>): {
  readonly parent: number | undefined;
  readonly env: Readonly<NodeJS.ProcessEnv>;
} {
  const rest = Object.entries(env).filter(([name]) => !VARIABLES.includes(name));
  return { parent: parentIn(env), env: Object.fromEntries(rest) };
}

function parentIn({ [PARENT]: parent = "" }: Readonly<NodeJS.ProcessEnv>): number | undefined {
  return /^[1-9]\d{0,9}$/.test(parent) ? Number(parent) : undefined;
}
