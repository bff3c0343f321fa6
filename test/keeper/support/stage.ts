import { afterAll, afterEach, beforeEach } from "vitest";
import { KeeperClient } from "../../../internal/apps/keeper-client.ts";
import { keeperFolders } from "../../../internal/keeper/folders.ts";
import type { KeeperStatus } from "../../../internal/keeper/keeper-commands.ts";
import { processesWith } from "../../../internal/processes/descendants.ts";
import { signalIdentity } from "../../../internal/processes/signal-identity.ts";
import type { CommandName, Result } from "../../../protocol/commands/index.ts";
import { pause } from "../../../protocol/timers.ts";
import { checkResult } from "../../commands/ways.ts";
import { type Ended, type RunOptions, xsys } from "../../support/command-line.ts";
import { type Sandbox, useSandbox, useSandboxOfFile } from "../../support/sandbox.ts";

export type App = Result<"app.status">[number];

/** A state folder of its own with a keeper, which the command line starts. All its processes are killed after the test. */
export class Stage {
  readonly sandbox: Sandbox;
  /** Options of the processes that run `xsys`. */
  options: RunOptions = {};

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  get state(): string {
    return this.sandbox.path("state");
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, XSYS_STATE: this.state };
  }

  /** Runs `xsys app …` in the sandbox. */
  run(...words: string[]): Promise<Ended> {
    return xsys(["app", ...words], { cwd: this.sandbox.root, env: this.env, ...this.options });
  }

  /** The result of `xsys app …`. */
  async result<T = App>(...words: string[]): Promise<T> {
    const { status, stdout, stderr } = await this.run("--json", ...words);
    if (status !== 0) throw new Error(`xsys app ${words.join(" ")}: ${stdout}${stderr}`);
    const { data } = JSON.parse(stdout);
    checkResult(`app.${words[0]}` as CommandName, data);
    return data;
  }

  async app(name: string): Promise<App> {
    const [app] = await this.result<App[]>("status", name);
    return app as App;
  }

  /** Asks the running keeper itself; undefined if none runs. */
  async keeper(): Promise<KeeperStatus | undefined> {
    const client = await KeeperClient.connect(keeperFolders(this.env).socket);
    try {
      return await client?.call("keeper.status", {});
    } catch {
      return undefined; // it ends
    } finally {
      client?.close();
    }
  }

  /** Waits until a keeper runs that is not the one with this pid. */
  async keeperAfter(pid: number): Promise<KeeperStatus> {
    for (;;) {
      const status = await this.keeper();
      if (status !== undefined && status.pid !== pid) return status;
      await pause(5);
    }
  }

  /** Process id of the gateway. */
  gateway(): number {
    const [pid] = this.#gateways();
    if (pid === undefined) throw new Error("no gateway runs");
    return pid;
  }

  /** Waits until a gateway runs that is not the one with this pid. */
  async gatewayAfter(pid: number): Promise<number> {
    for (;;) {
      const next = this.#gateways().find((each) => each !== pid);
      if (next !== undefined) return next;
      await pause(5);
    }
  }

  /** Whether a keeper with this state folder has started the process, and it runs. */
  has(pid: number): boolean {
    return processesWith("XSYS_CLONE_STATE", this.state).some((each) => each.pid === pid);
  }

  /** The text of an app's log. */
  log(name: string): Promise<string> {
    return this.sandbox.read(`state/logs/${name}/${name}.log`);
  }

  /** Kills everything that was started with this state folder. */
  async clear(): Promise<void> {
    for (let left = processesWith("XSYS_STATE", this.state); left.length > 0; ) {
      for (const each of left) signalIdentity(each, "SIGKILL");
      await pause(10);
      left = processesWith("XSYS_STATE", this.state);
    }
  }

  #gateways(): number[] {
    return processesWith("XSYS_APP", "@gateway").flatMap(({ pid }) => (this.has(pid) ? pid : []));
  }
}

export function useStage(): Stage {
  const sandbox = useSandbox();
  const stage = new Stage(sandbox);
  beforeEach(() => {
    stage.options = {};
  });
  afterEach(() => stage.clear());
  return stage;
}

/** One stage for all tests of a file, which build on each other. */
export function useStageOfFile(): Stage {
  const stage = new Stage(useSandboxOfFile());
  afterAll(() => stage.clear());
  return stage;
}

/** Process ids of an app's clones. */
export function pidsOf({ members }: { readonly members: readonly { readonly pid?: number | undefined }[] }): number[] {
  return members.flatMap(({ pid }) => pid ?? []);
}

/** A server that answers with its pid and its arguments. */
export const SERVER = `
const { createServer } = require("node:http");
const server = createServer((_, response) => response.end(process.pid + " " + process.argv.slice(2).join(" ")));
server.listen(process.env.PORT, () => console.log("listening"));
`;

/** Runs until it is asked to end. */
export const SLEEPER = `console.log("started " + process.argv.slice(2).join(" ")); setInterval(() => {}, 1e9);`;
