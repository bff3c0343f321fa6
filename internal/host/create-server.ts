import type { Server, ServerDeps, ServerOptions } from "./server.ts";

/** Creates the HTTP part of a service: with the gateway in its own process, or with several gateway processes. */
export async function createServer(options: ServerOptions, deps: ServerDeps): Promise<Server> {
  const { gateways } = options;
  if (gateways === undefined) return (await import("./own-server.ts")).createOwnServer(options, deps);
  return (await import("./shared-server.ts")).createSharedServer(options, gateways, deps);
}
