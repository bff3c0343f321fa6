import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MAIN_EXECUTABLE } from "../../../clients/front/build.ts";
import { thisPlatform } from "../../../scripts/build/platform.ts";
import { type Ended, ended } from "../../support/command-line.ts";
import { BUILT } from "../../support/program.ts";

const DIST = dirname(BUILT ?? "");

/** The built executable. */
export const EXECUTABLE: string = join(DIST, MAIN_EXECUTABLE);
/** The built front, beside the executable. */
export const FRONT: string = join(DIST, `xhsc-${thisPlatform().name}`);

/** A private directory for sockets, and an environment in which fronts use it. */
export interface Home {
  readonly folder: string;
  /** Socket of the service that fronts find first. */
  readonly socket: string;
  /** Socket of the service that fronts start. */
  readonly frontSocket: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

export async function makeHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-front-"));
  const sockets = join(folder, "xsys");
  await mkdir(sockets, { mode: 0o700 });
  const { XYPRISS_IPC_PATH, XSYS_SOCKET, XSYS_FRONT, ...env } = process.env;
  return {
    folder,
    socket: join(sockets, "xsys.sock"),
    frontSocket: join(sockets, "front.sock"),
    env: { ...env, XDG_RUNTIME_DIR: folder },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Starts `xsys serve` on the home's first socket. Resolves when it listens. */
export async function serveIn({ socket, env }: Home, ...words: string[]): Promise<ChildProcess> {
  const all = ["serve", "--socket", socket, "--log-level", "silent", ...words];
  const child = spawn(EXECUTABLE, all, { cwd: "/", env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** A front without an executable beside it: it cannot hand over, so it shows whether a service ran the command. */
export async function loneFront({ folder }: Home): Promise<string> {
  const file = join(folder, "lone");
  await link(FRONT, file);
  return file;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string | undefined;
}

/** Runs a program until it ends. Without input, standard input stays open. */
export async function runProgram(file: string, words: readonly string[], options: RunOptions): Promise<Ended> {
  const child = spawn(file, words, { cwd: options.cwd, env: options.env });
  child.stdin.on("error", () => {}); // a program that does not read may end first
  if (options.input !== undefined) child.stdin.end(options.input);
  const end = await ended(child);
  child.stdin.destroy();
  return end;
}
