import { once } from "node:events";
import { createInterface } from "node:readline";
import type { GatewayOptions } from "../../internal/gateway/options.ts";
import { startXsys } from "../support/command-line.ts";
import { flagsFor } from "./flags-for.ts";

/** A gateway in its own process. */
export interface StartedGateway {
  readonly address: string;
  /** Asks it to stop, and resolves when it has begun to. */
  stop(): Promise<void>;
  /** Kills it at once. */
  kill(): Promise<unknown>;
  readonly ended: Promise<unknown>;
}

/** Starts `xsys server start` with the options as flags. `onLog` is called for each line of its log. */
export async function startGatewayProcess(
  options: Partial<GatewayOptions>,
  { socket, onLog }: { readonly socket: string; readonly onLog: (line: Record<string, unknown>) => void },
): Promise<StartedGateway> {
  const { promise: listens, resolve: toldAddress, reject: failed } = Promise.withResolvers<string>();
  const { promise: stopping, resolve: toldStopping } = Promise.withResolvers<void>();
  const words = ["--port=0", `--ipc=${socket}`, "--log-format=json", "--log-level=debug", ...flagsFor(options)];
  const child = startXsys(["server", "start", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  createInterface(child.stdout as NodeJS.ReadableStream).on("line", (text) => {
    const line = JSON.parse(text);
    const [, address] = /XHSC Edition listening on (\S+)/.exec(line.msg) ?? [];
    if (address !== undefined) toldAddress(address);
    if (/stopping/.test(line.msg)) toldStopping();
    onLog(line);
  });
  const end = once(child, "close");
  void end.then(([status]) => failed(new Error(`the gateway ended with ${status}`)));
  return {
    address: await listens,
    ended: end,
    stop() {
      child.kill("SIGTERM");
      return stopping;
    },
    kill() {
      child.kill("SIGKILL");
      return end;
    },
  };
}
