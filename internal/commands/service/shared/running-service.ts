import { XsysError } from "../../../../protocol/errors.ts";
import type { Host, ServiceControl } from "../../../base/context.ts";

/** The service that this process is, or UNAVAILABLE in a one-shot command. */
export function runningService({ service }: Host): ServiceControl {
  if (service !== undefined) return service;
  throw new XsysError("UNAVAILABLE", "this is about a running service: ask one with --connect");
}
