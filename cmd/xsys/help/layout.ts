import yargs, { type Argv } from "yargs";

export interface HelpStyle {
  /** Width of the terminal; 0 when there is none. */
  readonly columns: number;
}

/** Wider lines are hard to read, however wide the terminal is. */
const WIDEST = 100;
const WITHOUT_TERMINAL = 80;

/** A yargs instance that only lays help out: it parses nothing, adds nothing and never ends the process. */
export function layout({ columns }: HelpStyle): Argv {
  return yargs([])
    .scriptName("xsys")
    .locale("en")
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(Math.min(columns || WITHOUT_TERMINAL, WIDEST));
}

/** The help, followed by what must keep its lines as they are, such as command lines to copy. */
export async function rendered(argv: Argv, ...verbatim: readonly string[]): Promise<string> {
  const text = (await argv.getHelp()).replaceAll(/[ ]+$/gm, "");
  return `${[text.trim(), ...verbatim].join("\n\n")}\n`;
}

/** Lines under a title, in two columns. */
export function columnsUnder(title: string, rows: readonly (readonly [left: string, right: string])[]): string {
  return [title, ...rows.map(([left, right]) => `  ${left}  \t${right}`)].join("\n");
}
