import { contracts } from "../../../protocol/commands/index.ts";
import { ERRORS } from "../../../protocol/errors.ts";
import { GLOBAL_OPTIONS } from "../globals.ts";
import { ACTIONS, MODULES, type ModuleName, WORDS } from "../words.ts";
import { type HelpStyle, layout, rendered } from "./layout.ts";

const EXAMPLES = `Examples:
  # The digest of a file
  xsys fs hash package.json

  # What uses most memory, for a program
  xsys sys processes --top-mem 3 --json

  # Run the service, and have it do the work
  xsys serve &
  xsys fs du . --connect`;

const MORE = "More: xsys <module> --help lists a module's actions, xsys <module> <action> --help tells all about one.";

/** `xsys --help` */
export function overviewHelp(style: HelpStyle): Promise<string> {
  const argv = layout(style).usage(
    "xsys: files, paths and the machine, from the shell, a socket or TypeScript.\n\n" +
      "Usage: xsys <module> <action> [arguments] [options]",
  );
  for (const [module, summary] of Object.entries(MODULES)) argv.command(`${module} <action>`, summary);
  for (const { usage, summary } of Object.values(WORDS)) argv.command(usage, summary);
  for (const [name, { kind, summary }] of Object.entries(GLOBAL_OPTIONS)) {
    if (kind !== "ignored text") argv.option(name, { type: kind === "flag" ? "boolean" : "string", describe: summary });
  }
  return rendered(argv.epilogue(exitLines()).epilogue(`\n${MORE}`), EXAMPLES);
}

/** `xsys fs --help` */
export function moduleHelp(module: ModuleName, style: HelpStyle): Promise<string> {
  const argv = layout(style)
    .scriptName("")
    .updateStrings({ "Commands:": "Actions:" })
    .usage(`Usage: xsys ${module} <action> [arguments] [options]\n\n${MODULES[module]}`);
  for (const contract of contracts) if (contract.module === module) argv.command(contract.action, contract.summary);
  for (const [name, { summary }] of Object.entries(ACTIONS)) {
    if (name.startsWith(`${module} `)) argv.command(name.slice(module.length + 1), summary);
  }
  return rendered(argv.epilogue(`More: xsys ${module} <action> --help`));
}

/** Exit codes with the errors that end so: `66  NOT_FOUND`. */
function exitLines(): string {
  const byExit = Map.groupBy(Object.entries(ERRORS), ([, { exit }]) => exit);
  const lines = [...byExit].map(([exit, errors]) => `  ${exit}  ${errors.map(([code]) => code).join(", ")}`);
  return ["Exit codes, beside 0:", ...lines].join("\n");
}
