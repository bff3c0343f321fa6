import { setTimeout as pause } from "node:timers/promises";
import { connect } from "../../clients/typescript/index.ts";
import { startGateway } from "../xsys-gateway.ts";
import type { Application, StartApplication } from "./application.ts";

/** Milliseconds between two pings of a worker. */
const PING_INTERVAL = 100;
/** Milliseconds without an answer to a ping after which a worker counts as hung. */
const PING_TIMEOUT = 300;
/** Maximum milliseconds until a hung worker is detected. */
export const HANG_SEEN_WITHIN: number = PING_INTERVAL + PING_TIMEOUT;

export const WORKER: URL = new URL("worker-app.ts", import.meta.url);

/** `xsys server start` with workers and standbys, and with flags in addition. */
export function xsys(workers: number, standbys = 0, more: readonly string[] = []): StartApplication {
  return async ({ folder, crashes }) => {
    const flags = ["--standbys", standbys, "--ping-interval", PING_INTERVAL, "--ping-timeout", PING_TIMEOUT].map(
      String,
    );
    const gateway = await startGateway(folder, WORKER, {
      workers,
      flags: [...flags, ...more],
      env: { BENCH_CRASHES: crashes },
    });
    const client = await connect({ socket: gateway.socket });
    return {
      port: gateway.port,
      workers,
      reload: async () => {
        await client.cluster.restart({}).result;
      },
      deaths: async () => (await client.cluster.status({})).crashes,
      whole: async () => {
        for (;;) {
          const { members } = await client.cluster.status({});
          if (members.every(({ state, replacing }) => state === "ready" && !replacing)) return;
          await pause(20);
        }
      },
      [Symbol.asyncDispose]: async () => {
        client.close();
        await gateway[Symbol.asyncDispose]();
      },
    } satisfies Application;
  };
}
