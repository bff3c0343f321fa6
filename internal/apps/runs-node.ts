import { basename } from "node:path";
import { shebangOf } from "./interpreters.ts";

/** Programs that run scripts on Node, besides those with a `#!` line for it. */
const NODE = /^(?:node|nodejs|xsys(?:-.*)?)(?:\.exe)?$/;

/** Whether a command runs on Node: directly, or by a script such as npm, next or tsx. */
export async function runsNode([program]: readonly [string, ...string[]]): Promise<boolean> {
  if (NODE.test(basename(program))) return true;
  const words = await shebangOf(program);
  return words !== undefined && /(?:^|[\s/])node(?:js)?(?:\s|$)/.test(words.join(" "));
}
