import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { programWith } from "./program.ts";

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends Pick<SpawnOptions, "cwd" | "env" | "uid" | "gid"> {
  /**
   * Written to standard input, which is then closed. Without it standard input stays open, as with XyPriss's client.
   */
  readonly input?: string | Uint8Array;
}

/** Runs `xsys` with these arguments until it ends. */
export async function xsys(words: readonly string[], { input, ...options }: RunOptions = {}): Promise<Ended> {
  const child = startXsys(words, options);
  if (input !== undefined) child.stdin?.end(input);
  return ended(child);
}

export function startXsys(words: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(...programWith(words), options);
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const output = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? buffer(stream) : Buffer.alloc(0))));
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  const [stdout = "", stderr = ""] = (await output).map(String);
  return { status, signal, stdout, stderr };
}

/** Waits until a child has printed `wanted` on a stream, and returns the text printed since the call. */
export async function printed(child: ChildProcess, wanted: string | RegExp, stream: "stdout" | "stderr" = "stdout") {
  let text = "";
  for await (const chunk of child[stream] ?? []) {
    text += chunk;
    if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) return text;
  }
  throw new Error(`the program ended without printing the expected text; it printed: ${text}`);
}
