import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { XsysError } from "../../protocol/errors.ts";
import { pause } from "../../protocol/timers.ts";
import type { Host, OwnProgram } from "../base/context.ts";
import { type KeeperFolders, keeperFolders } from "../keeper/folders.ts";
import { KEEPER_READY } from "../keeper/ready-line.ts";
import { KeeperClient } from "./keeper-client.ts";

/** Milliseconds for the next keeper to listen after the death of one. */
const SUCCESSION = 2_000;
const RETRY = 20;

type Act<T> = (keeper: KeeperClient) => Promise<T>;

/**
 * Calls `act` with a connection to the user's keeper, which is started if none runs.
 * @throws UNSUPPORTED on Windows; UNAVAILABLE if it cannot be started
 */
export async function withKeeper<T>(host: Host, act: Act<T>): Promise<T> {
  return using(await connected(host, foldersOf(host)), act);
}

/** The same, but does nothing if no keeper runs. */
export async function ifKeeper<T>(host: Host, act: Act<T>): Promise<T | undefined> {
  const keeper = await KeeperClient.connect(foldersOf(host).socket);
  return keeper && using(keeper, act);
}

/** Program and arguments that start a keeper. @throws UNSUPPORTED if this program has none */
export function keeperProgram({ program }: Host): OwnProgram {
  if (program === undefined) throw new XsysError("UNSUPPORTED", "this program cannot start a keeper");
  return program;
}

/** Where the keeper of this user stores things. @throws UNSUPPORTED on Windows */
export function foldersOf({ env }: Host): KeeperFolders {
  if (process.platform === "win32") throw new XsysError("UNSUPPORTED", "apps cannot be managed on Windows");
  return keeperFolders(env);
}

async function using<T>(keeper: KeeperClient, act: Act<T>): Promise<T> {
  try {
    return await act(keeper);
  } finally {
    keeper.close();
  }
}

async function connected(host: Host, folders: KeeperFolders): Promise<KeeperClient> {
  const running = await KeeperClient.connect(folders.socket);
  if (running !== undefined) return running;
  const failure = await startKeeper(host);
  // Another one may be starting: this one has then refused to run.
  for (const end = performance.now() + SUCCESSION; performance.now() < end; ) {
    const started = await KeeperClient.connect(folders.socket);
    if (started !== undefined) return started;
    if (failure !== undefined && !failure.includes("already listens")) break;
    await pause(RETRY);
  }
  throw new XsysError("UNAVAILABLE", `the keeper could not be started: ${failure ?? `see ${folders.log}`}`);
}

/** Starts a keeper. Returns what it printed if it has ended, and undefined when it is ready. */
async function startKeeper(host: Host): Promise<string | undefined> {
  const [file, ...args] = keeperProgram(host).keeper;
  const child = spawn(file, args, {
    cwd: "/",
    env: keeperEnvironment(host.env),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = once(child, "close").then(
    () => "ended" as const,
    (error: Error) => error,
  );
  const { stdout, stderr } = child;
  let complaint = "";
  stderr?.on("data", (bytes: Buffer) => {
    complaint += bytes.toString();
  });
  const isReady = (await firstLine(child)) === KEEPER_READY;
  const failure = isReady ? undefined : await ended;
  stdout?.destroy();
  stderr?.destroy();
  child.unref();
  if (isReady) return undefined;
  return complaint.trim() || (failure instanceof Error ? failure.message : "it has ended");
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  let text = "";
  for await (const bytes of stdout ?? []) {
    text += String(bytes);
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  return text;
}

/** The keeper outlives its caller, so it gets nothing that belongs to the caller's session. Apps have their own. */
function keeperEnvironment(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  return Object.fromEntries(KEPT.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

const KEPT = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"],
  ...["XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XSYS_STATE", "XSYS_FFI", "XSYS_CACHE"],
];
