import type { FlagTable } from "../flags/flag.ts";
import { flag } from "../flags/kinds.ts";

/** Options of `xsys service-unit`, before the words of the service. */
export const UNIT_OPTIONS = {
  user: flag("Print a unit for the user's systemd instance instead of the system's."),
  "socket-unit": flag("Print the socket unit, which starts the service on the first connection."),
} satisfies FlagTable;
