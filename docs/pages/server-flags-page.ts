import type { Flag, FlagTable } from "../../cmd/xsys/flags/flag.ts";
import { SERVER_FLAG_GROUPS } from "../../cmd/xsys/server/groups.ts";
import { code, pageFrom, table } from "./markdown.ts";

/** docs/server-flags.md */
export function serverFlagsPage(): string {
  return pageFrom(
    "cmd/xsys/server/flags/",
    "# Flags of `xsys server start`",
    "Give a flag as `--flag value` or `--flag=value`. Flags with an empty column *Value* are switches: `--flag` " +
      "turns a switch on, and `--flag=false` turns it off. Sizes may have a unit, as in `64k`, `10m` or `1g`; " +
      "the units are powers of 1,024. An unknown flag prevents the start; if XyPriss's client gives one, it is only logged and ignored. The " +
      "client is recognized by its flag `--signature`.",
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
