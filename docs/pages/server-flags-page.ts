import type { Flag, FlagTable } from "../../cmd/xsys/flags/flag.ts";
import { SERVER_FLAG_GROUPS } from "../../cmd/xsys/server/groups.ts";
import { code, pageFrom, table } from "./markdown.ts";

/** docs/server-flags.md */
export function serverFlagsPage(): string {
  return pageFrom(
    "cmd/xsys/server/flags/",
    "# Flags of `xsys server start`",
    "Each may be given as `--flag value` or `--flag=value`; one without a value in the table may stand bare, or be `true` or " +
      "`false`. Sizes may have a letter: `64k`, `10m`, `1g`. A flag that is not listed is refused; from a client of XyPriss, " +
      "which is known by its `--signature`, it is told in the log and passed over.",
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
