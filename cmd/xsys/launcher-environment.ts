/**
 * Takes out of the environment what the npm package's launcher left there: it is not for the programs that xsys starts.
 */
export function takeLauncherEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  delete env.XSYS_PATH_FOLLOWED;
}
