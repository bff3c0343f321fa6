import type { Flag, FlagTable } from "../../cmd/xsys/flags/flag.ts";
import { SERVER_FLAG_GROUPS } from "../../cmd/xsys/server/groups.ts";
import { code, pageFrom, table } from "./markdown.ts";

/** docs/server-flags.md */
export function serverFlagsPage(): string {
  return pageFrom(
    "cmd/xsys/server/flags/",
    "# Flags of `xsys server start`",
    "A flag is given as `--flag value` or `--flag=value`. Flags without a value in the table are switches: given alone, or with " +
      "`true` or `false`. Sizes may have a unit: `64k`, `10m`, `1g`. Unknown flags are refused; from XyPriss's client, which is " +
      "recognized by its `--signature`, they are logged and ignored.",
    ...Object.entries(SERVER_FLAG_GROUPS).flatMap(([title, flags]) => [`## ${title}`, flagTable(flags)]),
  );
}

function flagTable(flags: FlagTable): string {
  return table(
    ["Flag", "Value", "Default", "Meaning"],
    Object.entries(flags).map(([name, flag]) => [code(`--${name}`), flag.takes, shownDefault(flag), meaning(flag)]),
  );
}

function shownDefault({ shownDefault: shown }: Flag<unknown>): string {
  return shown === "none" || shown === "false" || shown === "off" ? "" : shown;
}

function meaning({ summary, choices }: Flag<unknown>): string {
  return choices === undefined ? summary : `${summary} One of ${choices.map(code).join(", ")}.`;
}
