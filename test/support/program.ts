import { fileURLToPath } from "node:url";

/** The sources' first module. */
export const MAIN: string = fileURLToPath(new URL("../../cmd/xsys/main.ts", import.meta.url));

/** The built executable that is tested in place of the sources, set by vitest.built.config.ts. */
export const BUILT: string | undefined = process.env.XSYS_TEST_BUILT;

/** What a test starts as `xsys`, whether the sources or the executable are tested: words follow. */
export const PROGRAM: readonly [string, ...string[]] = BUILT === undefined ? [process.execPath, MAIN] : [BUILT];

/** The same for a shell's line. */
export const PROGRAM_LINE: string = PROGRAM.map((word) => `"${word}"`).join(" ");

/** Program and arguments, as `spawn` takes them. */
export function programWith(words: readonly string[]): [program: string, args: string[]] {
  const [program, ...args] = PROGRAM;
  return [program, [...args, ...words]];
}
