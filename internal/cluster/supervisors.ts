import { XsysError } from "../../protocol/errors.ts";
import type { Host } from "../base/context.ts";
import { perHost } from "../base/per-host.ts";
import type { Supervisor } from "./supervisor.ts";

/** Name of the supervisor for the workers of `xsys server start`. */
export const SERVER_WORKERS = "server";

/** The supervisors of a service, by name. */
export const supervisorsOf: (host: Host) => Map<string, Supervisor> = perHost(() => new Map());

/** @throws UNAVAILABLE if the service has no supervisor of that name. */
export function supervisorOf(host: Host, name: string = SERVER_WORKERS): Supervisor {
  const supervisor = supervisorsOf(host).get(name);
  if (supervisor !== undefined) return supervisor;
  const why =
    name === SERVER_WORKERS
      ? "this service has no workers: it was started without --cluster"
      : `this service has no supervisor named "${name}"`;
  throw new XsysError("UNAVAILABLE", why);
}
