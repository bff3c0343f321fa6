import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { stopChild } from "../internal/processes/stop-child.ts";

/** A server that runs as a process of its own, until it is disposed of. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** What the lines that it was waited for hold. */
  readonly told: RegExpExecArray;
}

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What of its output shows that it is ready. */
  readonly ready: RegExp;
  /** What it is asked to end by. */
  readonly end?: NodeJS.Signals;
}

/** Characters of output that are looked at for the sign of being ready, and told when it does not come. */
const KEPT_OUTPUT = 16_384;

/** Milliseconds that a server has to end when it is asked to, before it is killed. */
const GRACE = 20_000;

/** Starts a program and waits until it says that it is ready. */
export async function startServer(
  [program, ...args]: readonly [string, ...string[]],
  { env = {}, cwd, ready, end = "SIGKILL" }: ServerOptions,
): Promise<ServerProcess> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env }, cwd });
  await once(child, "spawn");
  const ended = once(child, "close");
  const output = new Output([child.stdout, child.stderr]);
  const told = await Promise.race([output.says(ready), ended.then(() => undefined)]);
  if (told === undefined) {
    throw new Error(`${program} ${args.join(" ")} ended before it was ready; it said: ${output.text}`);
  }
  return {
    pid: child.pid ?? 0,
    told,
    [Symbol.asyncDispose]: async () => {
      await stopChild({ ended, signal: (signal) => child.kill(signal) }, { ask: end, grace: GRACE });
    },
  };
}

/** Words for Node to run a file of the bench with. */
export function nodeWords(file: string, ...args: string[]): [string, ...string[]] {
  return [process.execPath, file, ...args];
}

/** The last of what streams say. They are read on for ever, for a full pipe would hold the program up. */
class Output {
  text = "";
  #look: () => void = () => {};

  constructor(streams: readonly Readable[]) {
    for (const stream of streams) {
      stream.setEncoding("utf8").on("data", (more: string) => {
        this.text = (this.text + more).slice(-KEPT_OUTPUT);
        this.#look();
      });
    }
  }

  says(wanted: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      this.#look = () => {
        const found = wanted.exec(this.text);
        if (found !== null) resolve(found);
      };
      this.#look();
    });
  }
}
