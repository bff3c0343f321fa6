import { DAEMON_OPTIONS } from "../daemon-options.ts";
import type { FlagTable } from "../flags/flag.ts";
import { SERVE_OPTIONS } from "../serve-options.ts";
import { SERVER_FLAG_GROUPS } from "../server/groups.ts";
import { UNIT_OPTIONS } from "../service-unit/unit-options.ts";

/** The options of a first word that is not a module, in groups. */
export function flagGroupsOf(word = ""): Readonly<Record<string, FlagTable>> {
  return (Object.hasOwn(GROUPS, word) && GROUPS[word]) || {};
}

/** The same options in one table. */
export function flagsOf(word = ""): FlagTable {
  return Object.assign({}, ...Object.values(flagGroupsOf(word)));
}

const GROUPS: Readonly<Record<string, Readonly<Record<string, FlagTable>>>> = {
  serve: { Options: SERVE_OPTIONS },
  server: SERVER_FLAG_GROUPS,
  daemon: { Options: DAEMON_OPTIONS },
  "service-unit": { Options: UNIT_OPTIONS },
};
