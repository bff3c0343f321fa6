import type { CommandLine } from "../../internal/front/command-line.ts";

/** Writes a line to standard error. Write errors are ignored, because the exit status still indicates the failure. */
export function complain({ stderr }: Pick<CommandLine, "stderr">, line: string): void {
  stderr.write(`${line}\n`).catch(() => {});
}
