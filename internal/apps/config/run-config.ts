import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { XsysError } from "../../../protocol/errors.ts";
import { pause } from "../../../protocol/timers.ts";
import { signalGroup } from "../../processes/group.ts";
import { programOnPath } from "../../processes/program-on-path.ts";
import { runsTypeScript } from "../../processes/runs-typescript.ts";
import { CONFIG_PROGRAM } from "./config-program.ts";
import { MAX_CONFIG_SIZE } from "./limits.ts";
import type { LoadOptions } from "./load-options.ts";

/** Milliseconds to read what it has printed after it has sent its result. It is not waited for longer. */
const LAST_OUTPUT = 500;
/** Bytes that a configuration may print. The rest is dropped. */
const MAX_OUTPUT = 1024 ** 2;

/**
 * The JSON value that a configuration in JavaScript or TypeScript exports. It is run in a process of its own, in its own
 * directory, because it is the user's code: it may print, change the process, never end, or end it.
 * @throws INVALID_DATA if it fails or exports nothing; TOO_LARGE; TIMEOUT; UNSUPPORTED
 */
export async function runConfig(file: string, options: LoadOptions): Promise<unknown> {
  const node = await nodeFor(file, options);
  const child = spawn(node, ["--input-type=module", "--eval", CONFIG_PROGRAM, "--", file, options.envName ?? ""], {
    cwd: dirname(file),
    env: ownEnvironment(options.env),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: process.platform !== "win32", // its own group, so that its children can be ended with it
    windowsHide: true,
  });
  try {
    const { text, end } = await outcome(child, file, options);
    return exported(text, end, file);
  } finally {
    signalGroup(child.pid, "SIGKILL");
  }
}

/** The Node in PATH, which the user's packages are made for; for TypeScript that of xsys, if the former is too old. */
async function nodeFor(file: string, { env, node }: LoadOptions): Promise<string> {
  const installed = await programOnPath("node", { env, cwd: dirname(file) });
  if (!/\.[cm]?ts$/.test(file)) return installed ?? (await node());
  if (installed !== undefined && (await runsTypeScript(installed))) return installed;
  const own = await node();
  if (await runsTypeScript(own)) return own;
  throw new XsysError("UNSUPPORTED", `the configuration ${file} needs a Node that runs TypeScript; ${own} does not`);
}

function ownEnvironment({
  NODE_CHANNEL_FD,
  NODE_CHANNEL_SERIALIZATION_MODE,
  ...env
}: LoadOptions["env"]): NodeJS.ProcessEnv {
  return env;
}

interface Outcome {
  /** What it sent. */
  readonly text: string;
  /** How its process ended: `ended with exit code 1`. */
  readonly end: string;
}

async function outcome(child: ChildProcess, file: string, options: LoadOptions): Promise<Outcome> {
  const failed = Promise.withResolvers<never>();
  const end = endOf(child, failed.reject);
  const closed = signalOfClose(child);
  const stop = () => failed.reject(options.signal?.reason);
  const timer = setTimeout(() => failed.reject(tookTooLong(file)), 10_000);
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    options.signal?.throwIfAborted();
    passOn(child, options.output ?? ((bytes) => process.stderr.write(bytes)));
    const text = await Promise.race([received(child.stdio[3] as Readable, file), failed.promise]);
    if (text === "") return { text, end: await Promise.race([end, failed.promise]) };
    await pause(LAST_OUTPUT, closed).catch(() => {}); // rejects when it is closed
    return { text, end: "" };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", stop);
  }
}

/** Aborted when the process has ended and everything that it printed was read. */
function signalOfClose(child: ChildProcess): AbortSignal {
  const controller = new AbortController();
  child.once("close", () => controller.abort());
  return controller.signal;
}

function endOf(child: ChildProcess, failed: (error: Error) => void): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once("error", failed);
  child.once("exit", (code, signal) => {
    if (signal !== null) resolve(`was ended by ${signal}`);
    else if (code === UNSETTLED) resolve("waits for a promise that is never settled");
    else resolve(`ended with exit code ${code}`);
  });
  return promise;
}

/** Exit code of Node for a top-level `await` without an end. */
const UNSETTLED = 13;

/** Standard output, too: a configuration may print, but the output of a command is its result. */
function passOn(child: ChildProcess, output: (bytes: Uint8Array) => void): void {
  let left = MAX_OUTPUT;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (bytes: Buffer) => {
      if (left > 0) output(bytes.subarray(0, left));
      left -= bytes.length;
    });
  }
}

async function received(channel: Readable, file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of channel as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_CONFIG_SIZE) throw new XsysError("TOO_LARGE", `the configuration ${file} exports more than 1 MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function exported(text: string, end: string, file: string): unknown {
  if (text === "") throw failure(file, `has exported nothing: its process ${end}`);
  const { value, error } = sent(text, file);
  if (error === undefined) return value;
  throw failure(file, `failed: ${error.message}${hintFor(error.code)}`);
}

interface Sent {
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code?: string };
}

function sent(text: string, file: string): Sent {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure(file, `has exported no JSON: ${(error as Error).message}`);
  }
}

function hintFor(code: string | undefined): string {
  if (code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") return "";
  return "; Node only removes types: write it without enum and namespace, or compile it to JavaScript";
}

function failure(file: string, what: string): XsysError {
  return new XsysError("INVALID_DATA", `the configuration ${file} ${what}`);
}

function tookTooLong(file: string): XsysError {
  return new XsysError("TIMEOUT", `the configuration ${file} did not end within 10 seconds`);
}
