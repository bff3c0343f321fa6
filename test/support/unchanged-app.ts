import { expect } from "vitest";
import { Load } from "../../bench/load/load.ts";
import { settle } from "../../bench/load/settle.ts";
import { type Answer, ask } from "./ask.ts";
import { useChildren } from "./children.ts";
import { xsys } from "./command-line.ts";
import { useSandbox } from "./sandbox.ts";
import { type StartedServer, startServer } from "./started-server.ts";

/** Applications that `xsys server start --preload` runs. They answer GET / with their process id. */
export function useUnchangedApps() {
  const sandbox = useSandbox();
  const children = useChildren();
  return async (words: readonly string[], { cwd = sandbox.root, workers = 2, env = process.env } = {}) => {
    const socket = sandbox.path("s");
    const common = ["--port", "0", "--ipc", socket, "--cluster", "--cluster-workers", String(workers), "--preload"];
    const add = children.add.bind(children);
    const server = await startServer([...common, "--queue-timeout", "50000", ...words], { cwd, env, add });
    const app = new UnchangedApp(server, socket, workers);
    while ((await app.ready()) < workers) await new Promise((resolve) => setTimeout(resolve, 20));
    return app;
  };
}

export class UnchangedApp {
  readonly server: StartedServer;
  readonly socket: string;
  readonly port: number;
  readonly workers: number;

  constructor(server: StartedServer, socket: string, workers: number) {
    this.server = server;
    this.socket = socket;
    this.port = Number(server.address().split(":").at(-1));
    this.workers = workers;
  }

  ask(path: string, options: Parameters<typeof ask>[2] = {}): Promise<Answer> {
    return ask(this.port, path, options);
  }

  /** Number of ready workers. */
  async ready(): Promise<number> {
    return JSON.parse((await this.ask("/_xypriss/b/status")).body).workers.ready;
  }

  /** Kills workers with SIGKILL under load, one after the other: no GET fails. */
  async survivesKills(kills = 3): Promise<void> {
    await using load = await this.#load();
    for (let killed = 0; killed < kills; killed++) {
      expect(await load.kill()).toBeDefined();
      expect(await settle(load, this.workers, { within: 50_000 })).toBe(true);
    }
    const report = await load.stop();
    expect(report, JSON.stringify(report.failures)).toMatchObject({ failed: 0 });
    expect(report.answered).toBeGreaterThan(kills);
  }

  /** Restarts all workers under load: no GET fails. */
  async survivesRestart(): Promise<void> {
    await using load = await this.#load();
    const { answering: former } = await load.look();
    const { status, stderr } = await xsys(["cluster", "restart", "--connect", this.socket], { input: "" });
    expect(status, stderr).toBe(0);
    expect(await settle(load, this.workers, { former, within: 50_000 })).toBe(true);
    const report = await load.stop();
    expect(report, JSON.stringify(report.failures)).toMatchObject({ failed: 0 });
    expect(report.answered).toBeGreaterThan(this.workers);
  }

  async #load(): Promise<Load> {
    const asked = { host: "127.0.0.1", port: this.port, path: "/", method: "GET", timeout: 50_000 } as const;
    const load = await Load.start({ ...asked, clients: 4, sequential: false });
    expect(await settle(load, this.workers, { within: 50_000 })).toBe(true);
    return load;
  }
}
