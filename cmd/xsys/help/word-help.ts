import type { Flag, FlagTable } from "../flags/flag.ts";
import type { Word } from "../words.ts";
import { type HelpStyle, layout, rendered } from "./layout.ts";
import { flagPlaceholder, withPlaceholder } from "./placeholders.ts";

/** `xsys serve --help`, with the flags in groups. */
export function wordHelp(
  { usage, summary }: Word,
  style: HelpStyle,
  flagGroups: Readonly<Record<string, FlagTable>> = {},
): Promise<string> {
  const groups = Object.entries(flagGroups);
  const argv = layout(style).usage(`Usage: xsys ${usage}${groups.length > 0 ? " [options]" : ""}\n\n${summary}`);
  for (const [title, flags] of groups) {
    for (const [name, flag] of Object.entries(flags)) {
      const shown = withPlaceholder(name, flagPlaceholder(flag.takes));
      argv.group(shown, `${title}:`).option(shown, optionOf(flag));
    }
  }
  const takesSize = groups.some(([, flags]) => Object.values(flags).some(({ takes }) => SIZES.has(takes)));
  const sizes = takesSize ? SIZE : "";
  return rendered(argv.epilogue(`${sizes}Global options: xsys --help`));
}

function optionOf({ summary, kind, choices, takes, shownDefault }: Flag<unknown>) {
  return {
    ...(kind === "flag" && { type: "boolean" as const }),
    describe: [summary, choices && `One of ${choices.join(", ")}.`, UNITS.has(takes) && `(${takes})`]
      .filter(Boolean)
      .join(" "),
    ...(!SILENT.has(shownDefault) && { defaultDescription: shownDefault }),
  } as const;
}

const UNITS: ReadonlySet<string> = new Set(["milliseconds", "seconds", "megabytes"]);
const SIZE =
  "SIZE: a number, in bytes unless stated otherwise, or a number followed by k, m or g (powers of 1,024), such as " +
  "64m.\n";
const SIZES: ReadonlySet<string> = new Set(["bytes", "megabytes"]);
/** Defaults that are not shown. */
const SILENT: ReadonlySet<string> = new Set(["false", "none", "off"]);
