import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KeeperClient } from "../../internal/apps/keeper-client.ts";
import { readLog } from "../../internal/apps/log/read-log.ts";
import { CLONE_KEY } from "../../internal/keeper/clone-environment.ts";
import { keeperFolders } from "../../internal/keeper/folders.ts";
import type { KeeperStatus } from "../../internal/keeper/keeper-commands.ts";
import { processesWith } from "../../internal/processes/descendants.ts";
import type { Words } from "../files/program.ts";
import { clearProcesses } from "./clear-processes.ts";
import type { AppToStart, ListedApp, Manager, Outcome } from "./manager.ts";
import { runCommand } from "./run-command.ts";

/** `xsys app`. `program`: the executable, or Node and the sources. */
export function xsysManager(program: Words): (folder: string) => Manager {
  return (folder) => {
    const state = join(folder, "state");
    const environment = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      XSYS_STATE: state,
    };
    const { socket, logs } = keeperFolders(environment);
    const run = (words: readonly string[], env = {}) =>
      runCommand([...program, "app", ...words], { ...environment, ...env }, folder);
    const all = () => processesWith("XSYS_STATE", state);
    return {
      start: ({ name, entry, args = [], flags = [], env }) =>
        run(["start", entry, "--name", name, ...flags, "--", ...args], env),
      startAgain: (name) => run(["start", name]),
      stop: (name) => run(["stop", name]),
      delete: (name) => run(["delete", name]),
      reload: (name) => run(["restart", name]),
      scale: (name, processes) => run(["scale", name, String(processes)]),
      upgrade: () => run(["upgrade"]),
      startAll: (ecosystem) => run(["apply", ecosystem]),
      list: () => run(["status", "--json"]),
      listed,
      apps: async () => (await keeperStatus(socket))?.apps.map(listedApp) ?? [],
      startPrinter: async (app) => run(["apply", await printerConfig(folder, app)]),
      printed: async function* (name) {
        for await (const { line, stream } of readLog({ folder: join(logs, name), name })) {
          if (stream === "stdout") yield line;
        }
      },
      pid: async () => {
        const { pid } = (await keeperStatus(socket)) ?? {};
        if (pid === undefined) throw new Error("no keeper runs");
        return pid;
      },
      own: async () => all().flatMap(({ pid }) => (isOfApp(pid) ? [] : pid)),
      ofApps: async () => all().filter(({ pid }) => isOfApp(pid)),
      [Symbol.asyncDispose]: () => clearProcesses("XSYS_STATE", state),
    };
  };
}

function listed({ stdout }: Outcome): ListedApp[] {
  const { data = [] } = JSON.parse(stdout || "{}") as { data?: Parameters<typeof listedApp>[0][] };
  return data.map(listedApp);
}

function listedApp({
  name,
  members,
}: {
  readonly name: string;
  readonly members: readonly { readonly state: string; readonly pid?: number | undefined }[];
}): ListedApp {
  return { name, pids: members.flatMap(({ state, pid }) => (state === "ready" && pid !== undefined ? pid : [])) };
}

/** Only a configuration can set the size of a log. */
async function printerConfig(folder: string, { name, entry, args }: AppToStart): Promise<string> {
  const file = join(folder, "xsys.config.json");
  await writeFile(file, JSON.stringify({ apps: [{ name, entry, args, log: { maxSize: "1M", maxFiles: 1_000 } }] }));
  return file;
}

/** Undefined if no keeper answers. */
async function keeperStatus(socket: string): Promise<KeeperStatus | undefined> {
  const keeper = await KeeperClient.connect(socket);
  try {
    return await keeper?.call("keeper.status", {});
  } catch {
    return undefined; // it has been killed
  } finally {
    keeper?.close();
  }
}

/** The processes of apps inherit this variable; xsys's own do not have it. */
function isOfApp(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${CLONE_KEY}=`);
  } catch {
    return false; // it has ended
  }
}
