import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MAIN_EXECUTABLE } from "../clients/front/build.ts";

/** The executable that `npm run build` makes. */
export const EXECUTABLE: string = fileURLToPath(
  new URL(`../dist/xsys${process.platform === "win32" ? ".exe" : ""}`, import.meta.url),
);

/** The native front, and a service of the executable beside it. */
export interface ServedFront extends AsyncDisposable {
  /** Path of the front. */
  readonly program: string;
  /** The environment in which it uses the service. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Starts a service of an executable on a socket in a folder, and resolves when it listens. Undefined without a native
 * front beside the executable: it is not built on every platform.
 */
export async function serveFront(folder: string, executable: string = EXECUTABLE): Promise<ServedFront | undefined> {
  const program = join(dirname(executable), "xhsc");
  if (!existsSync(join(dirname(executable), MAIN_EXECUTABLE)) || !existsSync(program)) return undefined;
  const socket = join(folder, "served");
  const child = spawn(executable, ["serve", "--socket", socket, "--log-level", "silent"], {
    cwd: "/",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = once(child, "exit");
  const isOver = end.then(([status]) => Promise.reject(new Error(`the service ended with ${status}`)));
  isOver.catch(() => {});
  await Promise.race([once(child.stdout, "data"), isOver]);
  return {
    program,
    env: { ...process.env, XYPRISS_IPC_PATH: socket },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await end;
    },
  };
}
