import { mkdir } from "node:fs/promises";
import { afterEach } from "vitest";
import { Load } from "../../../bench/load/load.ts";
import type { LoadOptions } from "../../../bench/load/order.ts";
import { type Gateway, startGateway } from "../../../bench/xsys-gateway.ts";
import { PROGRAM } from "../../support/program.ts";
import type { Sandbox } from "../../support/sandbox.ts";

/** Milliseconds. Longer than anything takes on any machine, but shorter than the time limit of a test. */
const PATIENCE = 50_000;

/** `xsys server start` in one process, and clients in another. Both end with the test. */
export function useServers(sandbox: Sandbox) {
  const running: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]();
  });
  return {
    start: async (worker: URL, workers: number, flags: readonly string[] = []): Promise<Gateway> => {
      const folder = sandbox.path(`server-${running.length}`);
      await mkdir(folder);
      const crashes = await sandbox.write("crashes", "0");
      const options = {
        workers,
        env: { BENCH_CRASHES: crashes },
        flags: ["--queue-timeout", String(PATIENCE), ...flags],
        program: PROGRAM,
      };
      const gateway = await startGateway(folder, worker, options);
      running.push(gateway);
      return gateway;
    },
    load: async ({ port }: Gateway, options: Partial<LoadOptions>): Promise<Load> => {
      const usual = { host: "127.0.0.1", path: "/", method: "GET", clients: 32, sequential: false } as const;
      const load = await Load.start({ ...usual, port, timeout: PATIENCE, ...options });
      running.push(load);
      return load;
    },
  };
}
