import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ended, printed, startXsys } from "./command-line.ts";

/** A service in a process of its own. */
export interface Served {
  readonly socket: string;
  stop(atOnce: boolean): void;
  readonly ended: Promise<unknown>;
}

/** Starts `xsys serve` on a socket of its own, whose folder goes when it ends; resolves when it listens. */
export async function startServed({
  root,
  confined,
}: {
  readonly root: string;
  readonly confined: boolean;
}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-socket-"));
  const socket = join(folder, "s");
  const words = ["serve", "--socket", socket, "--root", root, ...(confined ? ["--confine"] : [])];
  const child = startXsys([...words, "--log-level", "silent"], { stdio: ["ignore", "pipe", "inherit"] });
  const end = ended(child).finally(() => rm(folder, { recursive: true, force: true }));
  end.catch(() => {});
  await printed(child, "listens on");
  return { socket, ended: end, stop: (atOnce) => child.kill(atOnce ? "SIGKILL" : "SIGTERM") };
}
