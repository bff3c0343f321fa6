import { MODULES } from "../../cmd/xsys/words.ts";
import { contracts } from "../../protocol/commands/index.ts";
import { page, table } from "./markdown.ts";

/** docs/commands/README.md */
export function indexPage(): string {
  return page(
    "# Commands",
    "A command consists of a module and an action, such as `fs hash`. Every command can be called from the shell, " +
      "over the socket and in TypeScript. Each page lists the parameters, the answer and the errors of a command; " +
      "`xsys <module> <action> --help` describes the command in a terminal. Released commands are never removed.",
    ...Object.entries(MODULES).flatMap(([module, summary]) => [`## ${module}`, summary, commandTable(module)]),
  );
}

function commandTable(module: string): string {
  return table(
    ["Command", "What it does"],
    contracts
      .filter((contract) => contract.module === module)
      .map(({ action, summary }) => [`[${module} ${action}](${module}/${action}.md)`, summary]),
  );
}
