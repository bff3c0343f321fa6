import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { stopChild } from "../internal/processes/stop-child.ts";

/** A server in its own process. Disposing of it ends the process. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** The match of `ready` in its output. */
  readonly match: RegExpExecArray;
}

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Output that shows that the server is ready. */
  readonly ready: RegExp;
  /** Signal that ends the server. */
  readonly end?: NodeJS.Signals;
}

/** Characters of output that are kept: to search them for `ready`, and for the error message when it is not found. */
const KEPT_OUTPUT = 16_384;

/** Milliseconds between the signal that ends a server and SIGKILL. */
const GRACE = 20_000;

/** Starts a program and waits until it is ready. */
export async function startServer(
  [program, ...args]: readonly [string, ...string[]],
  { env = {}, cwd, ready, end = "SIGKILL" }: ServerOptions,
): Promise<ServerProcess> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env }, cwd });
  await once(child, "spawn");
  const ended = once(child, "close");
  const output = new Output([child.stdout, child.stderr]);
  const match = await Promise.race([output.matches(ready), ended.then(() => undefined)]);
  if (match === undefined) {
    throw new Error(`${program} ${args.join(" ")} ended before it was ready; its output: ${output.text}`);
  }
  return {
    pid: child.pid ?? 0,
    match,
    [Symbol.asyncDispose]: async () => {
      await stopChild({ ended, signal: (signal) => child.kill(signal) }, { ask: end, grace: GRACE });
    },
  };
}

/** The command line that runs a file of the bench with Node. */
export function nodeWords(file: string, ...args: string[]): [string, ...string[]] {
  return [process.execPath, file, ...args];
}

/** The last output of a program. Its streams are always read, because a full pipe would block the program. */
class Output {
  text = "";
  #check: () => void = () => {};

  constructor(streams: readonly Readable[]) {
    for (const stream of streams) {
      stream.setEncoding("utf8").on("data", (more: string) => {
        this.text = (this.text + more).slice(-KEPT_OUTPUT);
        this.#check();
      });
    }
  }

  matches(wanted: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      this.#check = () => {
        const found = wanted.exec(this.text);
        if (found !== null) resolve(found);
      };
      this.#check();
    });
  }
}
