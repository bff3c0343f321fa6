import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { useChildren } from "../support/children.ts";
import { xsys } from "../support/command-line.ts";
import { isRunning } from "../support/process-state.ts";
import { useSandbox } from "../support/sandbox.ts";
import { type StartedServer, startServer } from "../support/started-server.ts";

const WORKER = fileURLToPath(new URL("../fixtures/workers/several.ts", import.meta.url));

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Start {
  readonly gateways?: number;
  readonly workers?: number;
  readonly flags?: readonly string[];
}

/** What the status page shows of a gateway process. */
interface GatewayFigure {
  readonly id: string;
  readonly state: string;
  readonly pid: number;
  readonly connections: number;
}

/** `xsys server start --gateways N` in its own processes, which are ended after the test. */
export function useGateways() {
  const sandbox = useSandbox();
  const children = useChildren();
  const scenes: Scene[] = [];
  afterEach(async () => {
    for (const scene of scenes.splice(0)) await scene.end();
  });
  return async ({ gateways = 2, workers = 2, flags = [] }: Start = {}): Promise<Scene> => {
    const socket = sandbox.path("s");
    const words = [
      ...["--port", "0", "--ipc", socket, "--gateways", String(gateways), "--log-format", "json"],
      ...(workers > 0
        ? ["--cluster", "--cluster-workers", String(workers), "--worker-command", `"${process.execPath}" "${WORKER}"`]
        : []),
      ...flags,
    ];
    const server = await startServer(words, { cwd: sandbox.root, add: (child) => children.add(child) });
    const scene = new Scene(server, socket);
    scenes.push(scene);
    if (workers > 0) await scene.when(async () => (await scene.status()).workers.ready === workers);
    return scene;
  };
}

export class Scene {
  readonly server: StartedServer;
  readonly socket: string;
  readonly port: number;
  readonly #agents: Agent[] = [];

  constructor(server: StartedServer, socket: string) {
    this.server = server;
    this.socket = socket;
    this.port = Number(server.address().split(":").at(-1));
  }

  /** Sends a request, on a connection of its own if no agent is given. */
  async ask(path: string, { agent, method = "GET" }: { agent?: Agent; method?: string } = {}): Promise<Reply> {
    const asked = request({ host: "127.0.0.1", port: this.port, path, method, agent: agent ?? false });
    asked.end();
    const [response] = await once(asked, "response");
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  /**
   * Clients whose connections are all open, so that the gateways have shared them. Each sends its requests on its own
   * connection.
   */
  async clients(count: number): Promise<Client[]> {
    const clients = Array.from({ length: count }, () => new Client(this));
    this.#agents.push(...clients.map(({ agent }) => agent));
    await Promise.all(clients.map((client) => client.ask("/_xypriss/b/health")));
    return clients;
  }

  async status() {
    return JSON.parse((await this.ask("/_xypriss/b/status")).body);
  }

  async gateways(): Promise<readonly GatewayFigure[]> {
    return (await this.status()).gateways.processes;
  }

  /** The sum of a counter on the page of metrics. */
  async metric(name: string): Promise<number> {
    const { body } = await this.ask("/_xypriss/b/metrics");
    const lines = body.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  async workers(): Promise<readonly { readonly id: string; readonly pid: number; readonly restarts: number }[]> {
    return (await this.command("cluster", "status")).members;
  }

  /** The result of a command of the service. */
  async command(...words: string[]) {
    const { status, stdout, stderr } = await xsys([...words, "--json", "--connect", this.socket], { input: "" });
    if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stdout}${stderr}`);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "").data; // events come before the result
  }

  /** Resolves when the condition holds; asks again after each answer. */
  async when(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  connection(): Promise<Socket> {
    const socket = connect(this.port, "127.0.0.1");
    return once(socket, "connect").then(() => socket);
  }

  async end(): Promise<void> {
    for (const agent of this.#agents) agent.destroy();
    if (this.server.child.exitCode === null && this.server.child.signalCode === null) await this.server.stop();
  }
}

export class Client {
  readonly agent: Agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  ask(path: string, method = "GET"): Promise<Reply> {
    return this.#scene.ask(path, { agent: this.agent, method });
  }
}

/** Resolves when a process has ended. */
export async function whenEnded(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}
