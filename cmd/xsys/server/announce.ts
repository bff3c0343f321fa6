import { VERSION } from "../../../internal/base/version.ts";
import type { Service } from "../../../internal/host/service.ts";
import { defaultSocket } from "../../../protocol/endpoint.ts";
import { PROGRAM } from "../service-process.ts";
import type { ServerLog } from "./log/server-log.ts";
import type { ServerOptions } from "./server-options.ts";

/**
 * Logs that the service is ready, in the words that XyPriss's client waits for; for people, also commands to try next.
 */
export function announce({ socket, addresses }: Service, { gateway, cluster }: ServerOptions, log: ServerLog): void {
  const [address = ""] = addresses;
  log.always(`xsys ${VERSION}, XHSC Edition listening on ${address}`);
  if (log.format !== "pretty") return;
  const connect = socket === defaultSocket() ? "" : ` --connect ${socket}`;
  const url = `${gateway.tls ? "https" : "http"}://${reachable(address)}`;
  log.write(
    `Try, in another terminal:\n` +
      `  curl -i ${url}/_xypriss/b/status\n` +
      (cluster ? `  ${PROGRAM} cluster status${connect}\n  ${PROGRAM} cluster restart${connect}\n` : "") +
      `  ${PROGRAM} ${`stop${connect}`}\n`,
  );
}

/** An address to connect to, if the service listens on all addresses. */
function reachable(address: string): string {
  return address.replace(/^(0\.0\.0\.0|\[::\]):/, "localhost:");
}
