import { XsysError } from "../../protocol/errors.ts";
import type { AppSpec } from "../keeper/app-spec.ts";

/**
 * Refuses apps that cannot run together, before one of them is started: two of one name, or two on one port.
 * @throws INVALID_PARAMS
 */
export function refuseConflicts(apps: readonly AppSpec[]): void {
  for (const [index, app] of apps.entries()) {
    const others = apps.slice(0, index);
    if (others.some(({ name }) => name === app.name)) {
      throw new XsysError("INVALID_PARAMS", `two apps are called ${app.name}: give one of them another name`);
    }
    const rival = others.find((other) => haveOnePort(other, app));
    if (rival !== undefined && app.front.kind === "socket") {
      throw new XsysError("INVALID_PARAMS", `the apps ${rival.name} and ${app.name} both have port ${app.front.port}`);
    }
  }
}

/** Hosts may differ, unless one of them stands for all addresses. */
function haveOnePort({ front: one }: AppSpec, { front: other }: AppSpec): boolean {
  if (one.kind === "none" || other.kind === "none" || one.port !== other.port) return false;
  return one.host === other.host || [one.host, other.host].some((host) => ALL_ADDRESSES.has(host));
}

const ALL_ADDRESSES: ReadonlySet<string> = new Set(["0.0.0.0", "::", "[::]"]);
