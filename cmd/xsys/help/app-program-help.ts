import { contracts } from "../../../protocol/commands/index.ts";
import { GLOBAL_OPTIONS } from "../globals.ts";
import { DAEMON_WORD, MODULES, WORDS } from "../words.ts";
import { helpText } from "./help-text.ts";
import { type HelpStyle, layout, rendered } from "./layout.ts";
import { exitLines } from "./overview-help.ts";
import { withPlaceholder } from "./placeholders.ts";
import { proseOf } from "./prose.ts";

/**
 * Help of the program under another name, such as `prydam`, in which the module `app` is the whole program.
 * @throws UNKNOWN_COMMAND
 */
export async function appProgramHelp(program: string, [action]: readonly string[], style: HelpStyle): Promise<string> {
  if (action === undefined || action === "save") return overview(program, style);
  const words = action === DAEMON_WORD ? [action] : ["app", action];
  return renamed(await helpText(words, style), program);
}

function overview(program: string, style: HelpStyle): Promise<string> {
  const argv = layout(style)
    .scriptName("")
    .usage(
      `Usage: ${program} <action> [arguments] [options]\n\n${MODULES.app} This is \`xsys app\` under another name.`,
    );
  for (const contract of contracts) {
    if (contract.module === "app") argv.command(contract.action, renamed(proseOf(contract)(contract.summary), program));
  }
  argv.command(DAEMON_WORD, renamed(WORDS[DAEMON_WORD]?.summary ?? "", program));
  argv.command("save", "Does nothing: what is started and stopped is saved as it is done.");
  for (const [name, { kind, summary, placeholder = "" }] of Object.entries(GLOBAL_OPTIONS)) {
    if (kind === "ignored text") continue;
    argv.option(withPlaceholder(name, placeholder), { ...(kind === "flag" && { type: "boolean" }), describe: summary });
  }
  return rendered(argv.epilogue(exitLines()).epilogue(`\nMore: ${program} <action> --help`));
}

/** The text with the commands of this program in place of those of `xsys`. */
function renamed(text: string, program: string): string {
  return text
    .replaceAll(/\bxsys app\b/g, program)
    .replaceAll(/\bxsys (?=daemon|--help)/g, `${program} `)
    .replaceAll(/`app (?=[a-z])/g, `\`${program} `);
}
