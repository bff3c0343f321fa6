import type { Flag, FlagTable } from "../flags/flag.ts";
import type { Word } from "../words.ts";
import { type HelpStyle, layout, rendered } from "./layout.ts";

/** `xsys serve --help`, with the flags in groups. */
export function wordHelp(
  { usage, summary }: Word,
  style: HelpStyle,
  flagGroups: Readonly<Record<string, FlagTable>> = {},
): Promise<string> {
  const groups = Object.entries(flagGroups);
  const argv = layout(style).usage(`Usage: xsys ${usage}${groups.length > 0 ? " [options]" : ""}\n\n${summary}`);
  for (const [title, flags] of groups) {
    argv.group(Object.keys(flags), `${title}:`);
    for (const [name, flag] of Object.entries(flags)) argv.option(name, optionOf(flag));
  }
  return rendered(argv.epilogue("Global options: xsys --help"));
}

function optionOf({ summary, kind, choices, takes, shownDefault }: Flag<unknown>) {
  return {
    type: kind === "flag" ? "boolean" : NUMBERS.has(takes) ? "number" : "string",
    describe: [summary, choices && `One of ${choices.join(", ")}.`, UNITS.has(takes) && `(${takes})`]
      .filter(Boolean)
      .join(" "),
    ...(!SILENT.has(shownDefault) && { defaultDescription: shownDefault }),
  } as const;
}

const NUMBERS: ReadonlySet<string> = new Set(["number", "bytes", "milliseconds", "seconds", "megabytes"]);
const UNITS: ReadonlySet<string> = new Set(["milliseconds", "seconds", "megabytes"]);
/** Defaults that are not shown. */
const SILENT: ReadonlySet<string> = new Set(["false", "none", "off"]);
