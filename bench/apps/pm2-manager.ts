import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { processesWith } from "../../internal/processes/descendants.ts";
import { pm2Daemon, pm2Environment, pm2Words } from "../pm2.ts";
import { clearProcesses } from "./clear-processes.ts";
import type { ListedApp, Manager, Outcome } from "./manager.ts";
import { runCommand } from "./run-command.ts";

/** pm2 from npm. It has no rotation of logs: that is a module of its own, which is not installed here. */
export function pm2Manager(folder: string): Manager {
  const home = join(folder, "pm2");
  const environment = pm2Environment(home);
  const log = (name: string) => join(folder, `${name}.log`);
  const run = (words: readonly string[], env = {}) =>
    runCommand([...pm2Words(), ...words], { ...environment, ...env }, folder);
  const start: Manager["start"] = ({ name, entry, args = [], flags = [], env }) =>
    run(
      [
        "start",
        entry,
        "--name",
        name,
        "--interpreter",
        "node",
        ...flags,
        ...(args.length === 0 ? [] : ["--", ...args]),
      ],
      env,
    );
  return {
    start,
    startAgain: (name) => run(["start", name]),
    stop: (name) => run(["stop", name]),
    delete: (name) => run(["delete", name]),
    reload: (name) => run(["reload", name]),
    scale: (name, processes) => run(["scale", name, String(processes)]),
    upgrade: () => run(["update"]),
    startAll: (ecosystem) => run(["start", ecosystem]),
    list: () => run(["jlist"]),
    listed,
    apps: async () => listed(await run(["jlist"])),
    startPrinter: ({ flags = [], ...app }) =>
      start({ ...app, flags: [...flags, "--output", log(app.name), "--merge-logs"] }),
    printed: (name) => linesOf(log(name)),
    pid: () => pm2Daemon(home),
    own: async () => [await pm2Daemon(home)],
    ofApps: async () => {
      const daemon = await pm2Daemon(home);
      return processesWith("PM2_HOME", home).filter(({ pid }) => pid !== daemon);
    },
    [Symbol.asyncDispose]: () => clearProcesses("PM2_HOME", home),
  };
}

/** What it prints before its list is not JSON, such as that it starts its daemon. */
function listed({ stdout }: Outcome): ListedApp[] {
  const json = stdout.split("\n").find((line) => /^\[[{\]]/.test(line)) ?? "[]";
  const processes = JSON.parse(json) as { name: string; pid: number; pm2_env: { status: string } }[];
  return Object.entries(Object.groupBy(processes, ({ name }) => name)).map(([name, all = []]) => ({
    name,
    pids: all.filter(({ pm2_env }) => pm2_env.status === "online").map(({ pid }) => pid),
  }));
}

async function* linesOf(file: string): AsyncGenerator<string> {
  if (existsSync(file)) yield* createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}
