import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "../statistics.ts";
import { WORKER } from "./xsys.ts";

const TIMES = 5;

/** Median time in milliseconds from spawning an xsys worker to its first message, on an otherwise idle machine. */
export async function workerStartUp(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  const socket = join(folder, "s");
  const server = createServer().listen(socket);
  try {
    await once(server, "listening");
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const begun = performance.now();
      const env = { ...process.env, XYPRISS_IPC_PATH: socket, XYPRISS_WORKER_ID: "0" };
      const worker = spawn(process.execPath, [fileURLToPath(WORKER)], { stdio: "ignore", env });
      const exit = once(worker, "exit");
      const [connection] = await once(server, "connection");
      await once(connection, "data");
      times.push(performance.now() - begun);
      worker.kill("SIGKILL");
      await exit;
    }
    return median(times);
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
