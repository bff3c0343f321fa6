import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

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

/** Words of output that are looked at for the sign of being ready, and told when it does not come. */
const KEPT_OUTPUT = 16_384;

/** Starts a program and waits until it says that it is ready. */
export async function startServer(
  [program, ...args]: readonly [string, ...string[]],
  { env = {}, cwd, ready, end = "SIGKILL" }: ServerOptions,
): Promise<ServerProcess> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env }, cwd });
  await once(child, "spawn");
  const exited = once(child, "exit");
  const told = await Promise.race([said([child.stdout, child.stderr], ready), exited.then(() => undefined)]).catch(
    (error) => {
      child.kill("SIGKILL");
      throw error;
    },
  );
  if (told === undefined) throw new Error(`${program} ${args.join(" ")} ended before it was ready`);
  return {
    pid: child.pid ?? 0,
    told,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(end);
      await exited;
    },
  };
}

/** Words for Node to run a file of the bench with. */
export function nodeWords(file: string, ...args: string[]): [string, ...string[]] {
  return [process.execPath, file, ...args];
}

/** Waits for what one of the streams says; they are read on, for a full pipe would hold the program up. */
function said(streams: readonly Readable[], ready: RegExp): Promise<RegExpExecArray> {
  const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
  for (const stream of streams) {
    let text = "";
    stream.setEncoding("utf8").on("data", (more: string) => {
      text = (text + more).slice(-KEPT_OUTPUT);
      const found = ready.exec(text);
      if (found !== null) resolve(found);
    });
  }
  return promise;
}
