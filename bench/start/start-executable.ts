import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A service of the built executable, and the environment in which fronts use it. */
export interface ServedExecutable extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
}

/** Starts `xsys serve` of an executable on a socket in a folder. Resolves when it listens. */
export async function startExecutable(executable: string, folder: string): Promise<ServedExecutable> {
  const socket = join(folder, "served");
  const child = spawn(executable, ["serve", "--socket", socket, "--log-level", "silent"], {
    cwd: "/",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), end]);
  return {
    env: { ...process.env, XYPRISS_IPC_PATH: socket },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await end;
    },
  };
}
