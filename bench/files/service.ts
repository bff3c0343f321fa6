import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { connect } from "../../clients/typescript/index.ts";
import type { Figures } from "../rounds.ts";
import type { Words } from "./program.ts";

const MAIN = fileURLToPath(new URL("../../cmd/xsys/main.ts", import.meta.url));
const LAG = new URL("lag.ts", import.meta.url).href;
/** What a call may take, in milliseconds. */
const TIME_LIMIT = 60_000;

export interface Service extends AsyncDisposable {
  /** How long a call takes, and how long other calls meanwhile wait for the service's loop. */
  time(command: string, params: object): Promise<Figures>;
}

/** A service in a process of its own, as it is run, and a client of it. */
export async function startService(socket: string): Promise<Service> {
  const words = ["--import", LAG, MAIN, "serve", "--socket", socket, "--log-level", "warn"];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  const client = await connect({ socket, timeout: TIME_LIMIT });
  const lag = async (): Promise<number> => {
    const answer = once(child, "message");
    child.send("lag");
    return (await answer)[0];
  };
  return {
    time: async (command, params) => {
      await lag(); // from now on
      const start = performance.now();
      await client.call(command, params);
      const time = performance.now() - start;
      return { time, "loop lag p99": await lag() };
    },
    [Symbol.asyncDispose]: async () => {
      client.close();
      const end = once(child, "exit");
      child.kill("SIGKILL");
      await end;
    },
  };
}

/** The words of a command that runs in a process of its own. */
export function xsysWords(...words: string[]): Words {
  return [process.execPath, MAIN, ...words, "--json"];
}
