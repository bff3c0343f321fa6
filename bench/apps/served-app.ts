import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application, StartApplication } from "../failover/application.ts";
import { freePort } from "../free-port.ts";
import type { Contender } from "./contenders.ts";
import type { Manager, Outcome } from "./manager.ts";
import { tracked } from "./open-managers.ts";

const SERVER = programFile("server.cjs");
/** Source of the same application, which closes its server when it is told to end. It needs a copy of the other one. */
export const CLOSING: string = await readFile(programFile("closing-server.cjs"), "utf8");
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
export const APP = "app";

/** The Express application in a folder of its own, run by a manager. */
export interface ServedApp extends Application {
  readonly manager: Manager;
  reload(): Promise<Outcome>;
  scale(processes: number): Promise<Outcome>;
  /** Replaces the source of the application. */
  deploy(source: string): Promise<void>;
}

export function programFile(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}

/** Copies the Express application into a folder, and returns its path. */
export async function installServer(folder: string): Promise<string> {
  const entry = join(folder, "server.js");
  await cp(SERVER, entry);
  await cp(SERVER, join(folder, "express-server.js"));
  await symlink(MODULES, join(folder, "node_modules"));
  return entry;
}

export function serve(contender: Contender): StartApplication<ServedApp> {
  return async ({ folder }) => {
    const [entry, port] = [await installServer(folder), await freePort()];
    const manager = tracked(contender.open(folder));
    const flags = contender.serving(port);
    const { status, message } = await manager.start({ name: APP, entry, flags, env: { PORT: String(port) } });
    if (status !== 0) {
      await manager[Symbol.asyncDispose]();
      throw new Error(`${contender.name} did not start the application: ${message}`);
    }
    return {
      port,
      workers: contender.processes,
      manager,
      reload: () => manager.reload(APP),
      scale: (processes) => manager.scale(APP, processes),
      deploy: (source) => writeFile(entry, source),
      [Symbol.asyncDispose]: () => manager[Symbol.asyncDispose](),
    };
  };
}
