import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type Ended, ended, startXsys } from "./command-line.ts";

/** A running `xsys server start` in another process. */
export interface StartedServer {
  readonly child: ChildProcess;
  readonly end: Promise<Ended>;
  /** Everything that it has printed on standard output. */
  readonly text: () => string;
  /** Resolves when its output matches. */
  until(pattern: RegExp): Promise<void>;
  /** host:port of its HTTP listener. */
  address(): string;
  stop(): Promise<Ended>;
}

interface Start {
  readonly cwd: string;
  /** Registers the process, so that it is killed after the test. */
  readonly add: (child: ChildProcess) => unknown;
  /** Global options, placed before `server start`. */
  readonly globals?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a server. Resolves when it is ready. */
export async function startServer(
  words: readonly string[],
  { cwd, add, globals = [], env = process.env }: Start,
): Promise<StartedServer> {
  const child = startXsys([...globals, "server", "start", ...words], { cwd, env });
  add(child);
  const end = ended(child);
  let printed = "";
  child.stdout?.on("data", (bytes) => {
    printed += bytes;
  });
  const isOver = end.then(({ status, stdout, stderr }) => {
    throw new Error(`it ended with ${status}: ${stdout}${stderr}`);
  });
  isOver.catch(() => {});
  const until = async (pattern: RegExp) => {
    while (!pattern.test(printed)) await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), isOver]);
  };
  await until(READY);
  return {
    child,
    end,
    text: () => printed,
    until,
    address: () => READY.exec(printed)?.[1] ?? "",
    stop: () => {
      child.kill("SIGTERM");
      return end;
    },
  };
}

const READY = /XHSC Edition listening on ([\w.:[\]]+)/;
