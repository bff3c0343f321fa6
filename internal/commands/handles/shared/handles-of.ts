import { XsysError } from "../../../../protocol/errors.ts";
import type { Context, Host } from "../../../base/context.ts";
import { perHost } from "../../../base/per-host.ts";
import { HandleTable } from "./handle-table.ts";
import type { OpenFile } from "./open-file.ts";

/** The open files of a service. They are closed when it ends. */
export const handlesOf: (host: Host) => HandleTable = perHost(({ service }) => {
  const table = new HandleTable();
  service?.onEnd(() => table.closeAll());
  service?.stayWhile(() => table.size > 0);
  return table;
});

/** The open file of a handle. */
export function openFileOf(command: string, handle: number, { host, peer }: Context): OpenFile {
  if (host.service !== undefined) return handlesOf(host).find(handle, peer, command);
  throw new XsysError(
    "NOT_FOUND",
    `${command} failed: handles exist only in a service, and this command runs without one; see --connect`,
    { details: { handle } },
  );
}
