import type { FlagTable } from "../flags/flag.ts";
import { flag } from "../flags/kinds.ts";

/** What `xsys service-unit` takes before the words of the service. */
export const UNIT_OPTIONS = {
  user: flag("For the systemd of a user, in place of the machine's."),
  "socket-unit": flag("The unit of the service's socket, which starts the service when somebody connects."),
} satisfies FlagTable;
