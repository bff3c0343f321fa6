import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "../statistics.ts";
import { WORKER } from "./xsys.ts";

const TIMES = 5;

/** Times in milliseconds that no supervisor can influence, on an otherwise idle machine. */
export interface ProcessTimes {
  /** Median time from spawning an xsys worker to its first message. */
  readonly startUp: number;
  /** Times from kill -9 of a worker until its connection closes: the kernel frees its memory first. */
  readonly closing: readonly number[];
}

export async function processTimes(): Promise<ProcessTimes> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  const socket = join(folder, "s");
  const server = createServer().listen(socket);
  try {
    await once(server, "listening");
    const times: number[] = [];
    const closing: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const begun = performance.now();
      const env = { ...process.env, XYPRISS_IPC_PATH: socket, XYPRISS_WORKER_ID: "0" };
      const worker = spawn(process.execPath, [fileURLToPath(WORKER)], { stdio: "ignore", env });
      const exit = once(worker, "exit");
      const [connection] = await once(server, "connection");
      await once(connection, "data");
      times.push(performance.now() - begun);
      const killed = performance.now();
      worker.kill("SIGKILL");
      await closed(connection.resume());
      closing.push(performance.now() - killed);
      await exit;
    }
    return { startUp: median(times), closing };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resolves when a connection has closed, for whatever reason. */
function closed(connection: Socket): Promise<void> {
  return new Promise((resolve) => connection.on("error", () => {}).once("close", () => resolve()));
}
