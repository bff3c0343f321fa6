import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import { nodeWords, startServer } from "../server-process.ts";
import type { Application, StartApplication } from "./application.ts";

const PRIMARY = fileURLToPath(new URL("cluster-primary.ts", import.meta.url));

/** node:cluster with a respawn loop. */
export function nodeCluster(workers: number): StartApplication {
  return async ({ crashes }) => {
    const port = await freePort();
    const env = { PORT: String(port), BENCH_CRASHES: crashes };
    const primary = await startServer(nodeWords(PRIMARY, String(workers)), { env, ready: /ready/, end: "SIGTERM" });
    return {
      port,
      workers,
      reload: async () => {
        process.kill(primary.pid, "SIGUSR2");
      },
      [Symbol.asyncDispose]: () => primary[Symbol.asyncDispose](),
    } satisfies Application;
  };
}
