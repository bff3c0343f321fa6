import yargs, { type Argv } from "yargs";

export interface HelpStyle {
  /** Width of the terminal; 0 if there is none. */
  readonly columns: number;
}

/** Maximum width, because longer lines are hard to read. */
const WIDEST = 100;
const WITHOUT_TERMINAL = 80;

/** A yargs instance used only to lay out help: it parses nothing, adds nothing and never ends the process. */
export function layout({ columns }: HelpStyle): Argv {
  return yargs([])
    .scriptName("xsys")
    .locale("en")
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(Math.min(columns || WITHOUT_TERMINAL, WIDEST));
}

/** The help, followed by texts that must not be wrapped, such as command lines to copy. */
export async function rendered(argv: Argv, ...verbatim: readonly string[]): Promise<string> {
  const text = (await argv.getHelp()).replaceAll(/[ ]+$/gm, "");
  return `${[text.trim(), ...verbatim].join("\n\n")}\n`;
}

/** Rows of two columns below a title. */
export function columnsUnder(title: string, rows: readonly (readonly [left: string, right: string])[]): string {
  return [title, ...rows.map(([left, right]) => `  ${left}  \t${right}`)].join("\n");
}
