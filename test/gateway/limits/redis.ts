import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export const HAS_REDIS = hasRedis();

function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

/** A Redis server of the test. It keeps its port when it is restarted. */
export class RedisServer {
  readonly port: number;
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves when it accepts connections. */
  async start(folder: string): Promise<void> {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
    const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = server;
    for await (const line of createInterface(server.stdout)) if (line.includes("Ready to accept connections")) break;
    server.stdout.resume();
    if (server.exitCode !== null) throw new Error(`redis-server exited with ${server.exitCode}`);
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.#process === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill(signal);
    if (signal === "SIGKILL") await once(this.#process, "exit");
  }
}
