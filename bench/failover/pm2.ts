import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sendSignal } from "../../internal/processes/send-signal.ts";
import { freePort } from "../free-port.ts";
import { pm2Daemon, pm2Environment, pm2Words } from "../pm2.ts";
import type { Application, StartApplication } from "./application.ts";

const APPLICATION = fileURLToPath(new URL("http-app.ts", import.meta.url));
/** Early crashes after which pm2 stops restarting. The bench causes many of them. */
const MAX_RESTARTS = "100000";

/** pm2 from npm with its own daemon: in cluster mode with `instances` processes, or one process in fork mode. */
export function pm2(instances: number | "fork"): StartApplication {
  return async ({ folder, crashes }) => {
    const port = await freePort();
    const home = join(folder, "pm2");
    const env = { ...pm2Environment(home), PORT: String(port), BENCH_CRASHES: crashes };
    const [program, ...first] = pm2Words();
    const run = (...words: string[]) => promisify(execFile)(program, [...first, ...words], { env });
    const mode = instances === "fork" ? [] : ["-i", String(instances)];
    const words = ["--name", "app", "--interpreter", "node", "--max-restarts", MAX_RESTARTS];
    await run("start", APPLICATION, ...words, ...mode);
    const daemon = await pm2Daemon(home);
    return {
      port,
      workers: instances === "fork" ? 1 : instances,
      reload: () => run("reload", "app"),
      [Symbol.asyncDispose]: async () => {
        await run("kill");
        sendSignal(daemon, "SIGKILL"); // only needed if the daemon failed to end
      },
    } satisfies Application;
  };
}
