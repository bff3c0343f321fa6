import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeWords, type ServerProcess, startServer } from "./server-process.ts";

const MAIN = fileURLToPath(new URL("../cmd/xsys/main.ts", import.meta.url));

export interface Gateway extends ServerProcess {
  readonly port: number;
  readonly socket: string;
}

interface StartOptions {
  readonly workers?: number;
  readonly env?: Record<string, string>;
  readonly flags?: readonly string[];
  /** Command that starts xsys. Default: the sources. */
  readonly program?: readonly [string, ...string[]];
}

/** Runs `xsys server start` with workers that run a TypeScript file. Everything not in `flags` has its default. */
export async function startGateway(
  folder: string,
  worker: URL,
  { workers = 1, env = {}, flags = [], program = nodeWords(MAIN) }: StartOptions = {},
): Promise<Gateway> {
  const socket = join(folder, "s");
  const words = ["server", "start", "--host", "127.0.0.1", "--port", "0", "--ipc", socket, "--cluster"];
  const command = `"${process.execPath}" "${fileURLToPath(worker)}"`;
  words.push("--cluster-workers", String(workers), "--worker-command", command, ...flags);
  const server = await startServer([...program, ...words], {
    env,
    ready: /listening on 127\.0\.0\.1:(\d+)/,
    end: "SIGTERM",
  });
  return { ...server, port: Number(server.match[1]), socket };
}
