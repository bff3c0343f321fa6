import { XsysError } from "../../../protocol/errors.ts";
import type { GatewayConfiguration, RegisterGateway } from "../../../protocol/wire/gateway.ts";
import type { Message } from "../../../protocol/wire/message.ts";
import { fromErrno, isErrno } from "../../base/errno.ts";
import { VERSION } from "../../base/version.ts";
import { ServiceLink } from "../../ipc/service-link.ts";
import { GatewayProcess } from "./gateway-process.ts";

/** How a gateway process finds its service, and the listening HTTP socket that it was started with. */
export interface GatewayStart {
  /** The socket of the service. */
  readonly socket: string;
  readonly id: string;
  /** Proves that the process was started by the service. */
  readonly key: string;
  /** Descriptor of the listening HTTP socket, which the process shares with others. */
  readonly descriptor: number;
}

/**
 * Runs a gateway whose configuration, workers and shared limits come from a service, until it was drained or the
 * connection to the service has ended. Returns the exit status.
 */
export async function runGatewayProcess({ socket, id, key, descriptor }: GatewayStart): Promise<number> {
  const link = await ServiceLink.connect(socket);
  const configured = configuration(link);
  link.send("RegisterGateway", { id, key, pid: process.pid, version: VERSION } satisfies RegisterGateway);
  const first = await Promise.race([configured, link.ended]);
  if (typeof first === "string") throw new XsysError("UNAVAILABLE", `the service at ${socket} has ended: ${first}`);
  let gateway: GatewayProcess;
  try {
    gateway = await GatewayProcess.open(link, first, descriptor);
  } catch (error) {
    const { code, message } = asXsysError(error);
    link.send("GatewayFailed", { code, message });
    link.flush();
    await link.ended; // the service has read it
    return 1;
  }
  process.on("SIGTERM", () => void gateway.end());
  await Promise.race([gateway.ended, link.ended]);
  gateway.close();
  link.flush();
  return 0;
}

/** The first message of the service. */
function configuration(link: ServiceLink): Promise<GatewayConfiguration> {
  const { promise, resolve } = Promise.withResolvers<GatewayConfiguration>();
  link.onMessage = ({ type, payload }: Message) => {
    if (type === "GatewayConfiguration") resolve(payload as GatewayConfiguration);
  };
  return promise;
}

function asXsysError(error: unknown): XsysError {
  if (error instanceof XsysError) return error;
  if (isErrno(error)) return fromErrno(error, "listening");
  return new XsysError("INTERNAL", error instanceof Error ? (error.stack ?? error.message) : String(error));
}
