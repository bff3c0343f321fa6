import { XsysError } from "../../protocol/errors.ts";
import type { Host } from "../base/context.ts";
import type { Supervisor } from "./supervisor.ts";

const ofHosts = new WeakMap<Host, Supervisor>();

/** Makes a service's workers known to the commands about them. */
export function setCluster(host: Host, supervisor: Supervisor): void {
  ofHosts.set(host, supervisor);
}

/** @throws UNAVAILABLE for a service that has none. */
export function clusterOf(host: Host): Supervisor {
  const supervisor = ofHosts.get(host);
  if (supervisor !== undefined) return supervisor;
  throw new XsysError("UNAVAILABLE", "this service has no workers: it was started without --cluster");
}
