import { fileURLToPath } from "node:url";

/** Entry module of the sources. */
export const MAIN: string = fileURLToPath(new URL("../../cmd/xsys/main.ts", import.meta.url));

/** The built executable to test instead of the sources, set by vitest.built.config.ts. */
export const BUILT: string | undefined = process.env.XSYS_TEST_BUILT;

/** The command that starts `xsys`, from the sources or as the built executable. Arguments are appended. */
export const PROGRAM: readonly [string, ...string[]] = BUILT === undefined ? [process.execPath, MAIN] : [BUILT];

/** The same, quoted for a shell. */
export const PROGRAM_LINE: string = PROGRAM.map((word) => `"${word}"`).join(" ");

/** Program and arguments for `spawn`. */
export function programWith(words: readonly string[]): [program: string, args: string[]] {
  const [program, ...args] = PROGRAM;
  return [program, [...args, ...words]];
}
