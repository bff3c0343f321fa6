import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Client, connect } from "../../clients/typescript/index.ts";
import type { LoopFigures } from "./lag.ts";
import type { Words } from "./program.ts";

const MAIN = fileURLToPath(new URL("../../cmd/xsys/main.ts", import.meta.url));
const LAG = new URL("lag.ts", import.meta.url).href;
/** Timeout of a call in milliseconds. */
const TIME_LIMIT = 120_000;

export interface Service extends AsyncDisposable {
  readonly client: Client;
  /** Figures of the event loop since the previous call of this function. */
  loop(): Promise<LoopFigures>;
}

/** Starts a service in its own process and connects a client. */
export async function startService(socket: string): Promise<Service> {
  const words = ["--import", LAG, MAIN, "serve", "--socket", socket, "--log-level", "warn"];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  const client = await connect({ socket, timeout: TIME_LIMIT });
  return {
    client,
    loop: async () => {
      const answer = once(child, "message");
      child.send("loop");
      return (await answer)[0];
    },
    [Symbol.asyncDispose]: async () => {
      client.close();
      const end = once(child, "exit");
      child.kill("SIGKILL");
      await end;
    },
  };
}

/** The command line of a one-shot command. */
export function xsysWords(...words: string[]): Words {
  return [process.execPath, MAIN, ...words, "--json"];
}
