import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sendSignal } from "../../internal/processes/send-signal.ts";
import { freePort } from "../free-port.ts";
import type { Application, StartApplication } from "./application.ts";

const APPLICATION = fileURLToPath(new URL("http-app.ts", import.meta.url));
/** Early crashes after which pm2 stops restarting. The bench causes many of them. */
const MAX_RESTARTS = "100000";

/** pm2 from npm with its own daemon: in cluster mode with `instances` processes, or one process in fork mode. */
export function pm2(instances: number | "fork"): StartApplication {
  return async ({ folder, crashes }) => {
    const port = await freePort();
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`, // so that its applications run on the same Node
      PM2_HOME: join(folder, "pm2"),
      PM2_DISCRETE_MODE: "true",
      PORT: String(port),
      BENCH_CRASHES: crashes,
    };
    const run = (...words: string[]) => promisify(execFile)(process.execPath, [programFile(), ...words], { env });
    const mode = instances === "fork" ? [] : ["-i", String(instances)];
    const words = ["--name", "app", "--interpreter", "node", "--max-restarts", MAX_RESTARTS];
    await run("start", APPLICATION, ...words, ...mode);
    const daemon = Number(await readFile(join(env.PM2_HOME, "pm2.pid"), "utf8"));
    return {
      port,
      workers: instances === "fork" ? 1 : instances,
      reload: async () => {
        await run("reload", "app");
      },
      [Symbol.asyncDispose]: async () => {
        await run("kill");
        sendSignal(daemon, "SIGKILL"); // only needed if the daemon failed to end
      },
    } satisfies Application;
  };
}

function programFile(): string {
  return createRequire(import.meta.url).resolve("pm2/bin/pm2");
}
