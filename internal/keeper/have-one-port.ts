import { type Front, hasPort } from "./app-spec.ts";

const ALL_ADDRESSES: ReadonlySet<string> = new Set(["0.0.0.0", "::", "[::]"]);

/** Whether two apps cannot listen at the same time. Hosts may differ, unless one of them stands for all addresses. */
export function haveOnePort(one: Front, other: Front): boolean {
  if (!hasPort(one) || !hasPort(other) || one.port !== other.port) return false;
  return one.host === other.host || [one.host, other.host].some((host) => ALL_ADDRESSES.has(host));
}
