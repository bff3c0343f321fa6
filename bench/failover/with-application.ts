import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Load } from "../load/load.ts";
import type { LoadOptions } from "../load/order.ts";
import type { Application, StartApplication } from "./application.ts";
import { type Scene, settled } from "./events.ts";

type Clients = Pick<LoadOptions, "method" | "clients" | "sequential" | "timeout">;

/** Milliseconds of load before the first event. */
const WARM_UP = 500;

/** Starts an application, puts it under load, runs `act`, and ends everything. */
export async function withApplication<T, A extends Application = Application>(
  start: StartApplication<A>,
  clients: Clients,
  act: (scene: Scene<A>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const crashes = join(folder, "crashes");
  await writeFile(crashes, "0");
  const application = stack.use(await start({ folder, crashes }));
  const target = { host: "127.0.0.1", port: application.port, path: "/" };
  const load = stack.use(await Load.start({ ...target, ...clients }));
  const scene = { application, load, crashes };
  await settled(scene);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP));
  return await act(scene); // awaited, so that nothing is disposed of before it ends
}
