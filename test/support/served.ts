import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startXsys } from "./command-line.ts";

/** A service in another process. */
export interface Served {
  readonly socket: string;
  stop(atOnce: boolean): void;
  readonly ended: Promise<unknown>;
}

/** Starts `xsys serve` on a temporary socket, whose folder is removed when it ends. Resolves when it listens. */
export async function startServed(options: { readonly root: string; readonly confined: boolean }): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-socket-"));
  const socket = join(folder, "s");
  const words = ["serve", "--socket", socket, "--root", options.root, ...(options.confined ? ["--confine"] : [])];
  const child = startXsys([...words, "--log-level", "silent"], { stdio: ["ignore", "pipe", "inherit"] });
  const end = once(child, "exit");
  const isOver = end.then(([status]) => Promise.reject(new Error(`xsys serve ended with ${status}`)));
  isOver.catch(() => {});
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), isOver]); // its first output is the socket path
  return {
    socket,
    ended: end.finally(() => rm(folder, { recursive: true, force: true })),
    stop: (atOnce) => child.kill(atOnce ? "SIGKILL" : "SIGTERM"),
  };
}
