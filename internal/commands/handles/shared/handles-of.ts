import { XsysError } from "../../../../protocol/errors.ts";
import type { Context, ServiceControl } from "../../../base/context.ts";
import { HandleTable } from "./handle-table.ts";
import type { OpenFile } from "./open-file.ts";

const tables = new WeakMap<ServiceControl, HandleTable>();

/** The open files of a service, which are closed when it ends. */
export function handlesOf(service: ServiceControl): HandleTable {
  const known = tables.get(service);
  if (known !== undefined) return known;
  const table = new HandleTable();
  tables.set(service, table);
  service.onEnd(() => table.closeAll());
  return table;
}

/** The open file that a call names. */
export function openFileOf(command: string, handle: number, { host, peer }: Context): OpenFile {
  if (host.service !== undefined) return handlesOf(host.service).find(handle, peer, command);
  throw new XsysError(
    "NOT_FOUND",
    `${command} failed: handles live in a service, and this command runs without one; see --connect`,
    { details: { handle } },
  );
}
