/** Other names of the program: called by one of them, it is `xsys app`. A platform may follow: `prydam-linux-x64`. */
export const APP_PROGRAMS = ["prydam", "guardian", "xypriss-guardian"] as const;

const NAME = new RegExp(`^(?:${APP_PROGRAMS.join("|")})(?:-[a-z0-9]+-[a-z0-9_]+)?$`);

/** The name by which the program was called, if it is one of these. @param path - argv[0] or the script of a launcher */
export function appProgram(path: string): string | undefined {
  const name = path.replace(/^.*[\\/]/, "").replace(/\.(?:cjs|exe)$/, "");
  return NAME.test(name) ? name : undefined;
}
