/** node:cluster with the respawn loop of its documentation: `cluster-primary.ts WORKERS`. SIGUSR2 reloads. */
import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Milliseconds that a worker has to finish its requests. The default of pm2. */
const GRACE = 1_600;

const [workers = "1"] = process.argv.slice(2);
cluster.setupPrimary({ exec: fileURLToPath(new URL("http-app.ts", import.meta.url)), args: [] });
cluster.on("exit", ({ exitedAfterDisconnect }) => {
  if (!exitedAfterDisconnect) cluster.fork();
});
const first = Array.from({ length: Number(workers) }, () => cluster.fork());
await Promise.all(first.map((worker) => once(worker, "listening")));
console.log("ready");
process.on("SIGUSR2", reload);
process.on("SIGTERM", () => {
  for (const { process: child } of running()) child.kill("SIGKILL");
  process.exit();
});

/** Replaces one worker after the other. The new worker listens before the old one is disconnected. */
async function reload(): Promise<void> {
  for (const worker of running()) {
    await once(cluster.fork(), "listening");
    worker.disconnect();
    const timer = setTimeout(() => worker.process.kill("SIGKILL"), GRACE);
    worker.once("exit", () => clearTimeout(timer));
  }
}

function running(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}
