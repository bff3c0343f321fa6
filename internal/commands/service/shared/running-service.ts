import { XsysError } from "../../../../protocol/errors.ts";
import type { Host, ServiceControl } from "../../../base/context.ts";

/** The service that runs in this process. @throws UNAVAILABLE in a one-shot command. */
export function runningService({ service }: Host): ServiceControl {
  if (service !== undefined) return service;
  throw new XsysError("UNAVAILABLE", "this command needs a running service: use --connect");
}
