import { contracts } from "../../../protocol/commands/index.ts";
import { ERRORS } from "../../../protocol/errors.ts";
import { GLOBAL_OPTIONS } from "../globals.ts";
import { ACTIONS, MODULES, type ModuleName, WORDS } from "../words.ts";
import { type HelpStyle, layout, rendered } from "./layout.ts";
import { withPlaceholder } from "./placeholders.ts";
import { proseOf } from "./prose.ts";

const EXAMPLES = `Examples:
  # Compute the digest of a file
  xsys fs hash package.json

  # List the three processes with the most memory, as JSON
  xsys sys processes --top-mem 3 --json

  # Start the service, and run a command in it
  xsys serve &
  xsys fs du . --connect`;

const MORE =
  "More: xsys <module> --help lists the actions of a module; xsys <module> <action> --help describes one command.";

/** `xsys --help` */
export function overviewHelp(style: HelpStyle): Promise<string> {
  const argv = layout(style).usage(
    "xsys: file and system commands, a process supervisor and an HTTP gateway. Use it from the shell, over a socket " +
      "or from TypeScript.\n\nUsage: xsys <module> <action> [arguments] [options]\n\nA command consists of a module " +
      "and an action, such as `fs hash`. A few commands are a single word, such as `serve`.",
  );
  for (const [module, summary] of Object.entries(MODULES)) argv.command(`${module} <action>`, summary);
  for (const { usage, summary } of Object.values(WORDS)) argv.command(usage, summary);
  for (const [name, { kind, summary, placeholder = "" }] of Object.entries(GLOBAL_OPTIONS)) {
    if (kind === "ignored text") continue;
    argv.option(withPlaceholder(name, placeholder), {
      ...(kind === "flag" && { type: "boolean" }),
      describe: summary,
    });
  }
  return rendered(argv.epilogue(exitLines()).epilogue(`\n${MORE}`), EXAMPLES);
}

/** `xsys fs --help` */
export function moduleHelp(module: ModuleName, style: HelpStyle): Promise<string> {
  const argv = layout(style)
    .scriptName("")
    .updateStrings({ "Commands:": "Actions:" })
    .usage(`Usage: xsys ${module} <action> [arguments] [options]\n\n${MODULES[module]}`);
  for (const contract of contracts)
    if (contract.module === module) argv.command(contract.action, proseOf(contract)(contract.summary));
  for (const [name, { summary }] of Object.entries(ACTIONS)) {
    if (name.startsWith(`${module} `)) argv.command(name.slice(module.length + 1), summary);
  }
  return rendered(argv.epilogue(`More: xsys ${module} <action> --help`));
}

/** Exit statuses with their errors: `66  NOT_FOUND`. */
export function exitLines(): string {
  const byExit = Map.groupBy(Object.entries(ERRORS), ([, { exit }]) => exit);
  const lines = [...byExit].map(([exit, errors]) => `  ${exit}  ${errors.map(([code]) => code).join(", ")}`);
  return ["Exit statuses other than 0, and their error codes:", ...lines].join("\n");
}
