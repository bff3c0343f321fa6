import { access, constants, stat } from "node:fs/promises";
import { delimiter, extname, join, resolve } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";
import { interpreterFault } from "../../../../protocol/start-failure.ts";

interface Where {
  /** Base of relative paths. */
  readonly cwd: string;
  /** The program's environment. Its PATH is searched. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The file that a command names. It is looked up before the terminal is created, because a missing program would only
 * show as an exit code of 1 there.
 * @throws NOT_FOUND, also for a script whose interpreter is missing; DENIED for a file that may not be run.
 */
export async function findProgram(command: string, { cwd, env }: Where): Promise<string> {
  let denied: string | undefined;
  let fault: string | undefined;
  for (const file of candidates(command, cwd, env)) {
    const found = await inspect(file);
    const ofInterpreter = found === "program" ? interpreterFault(file, cwd) : undefined;
    if (found === "program" && ofInterpreter === undefined) return file;
    if (found === "denied") denied ??= file;
    fault ??= ofInterpreter; // go on with the next file, like execvp(3)
  }
  const details = { command };
  if (fault !== undefined) throw new XsysError("NOT_FOUND", `terminal.open: ${fault}`, { details });
  if (denied !== undefined) throw new XsysError("DENIED", `terminal.open: ${denied} may not be run`, { details });
  const where = isPath(command) ? "" : " in PATH";
  throw new XsysError("NOT_FOUND", `terminal.open: there is no program ${command}${where}`, { details });
}

function candidates(command: string, cwd: string, env: Where["env"]): string[] {
  const folders = (env.PATH ?? "").split(delimiter);
  const files = isPath(command)
    ? [resolve(cwd, command)]
    : folders.map((folder) => resolve(cwd, join(folder, command)));
  if (process.platform !== "win32" || extname(command) !== "") return files;
  const endings = (env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";");
  return files.flatMap((file) => endings.map((ending) => file + ending));
}

function isPath(command: string): boolean {
  return command.includes("/") || (process.platform === "win32" && command.includes("\\"));
}

async function inspect(file: string): Promise<"program" | "denied" | "absent"> {
  try {
    if (!(await stat(file)).isFile()) return "absent";
  } catch {
    return "absent";
  }
  return access(file, constants.X_OK).then(
    () => "program",
    () => "denied",
  );
}
