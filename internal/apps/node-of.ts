import { XsysError } from "../../protocol/errors.ts";
import type { Host } from "../base/context.ts";

/** The program file of a Node for scripts, for machines without one in PATH. @throws NOT_FOUND if there is none */
export function nodeOf({ program }: Host): string | Promise<string> {
  if (program !== undefined) return program.node();
  throw new XsysError("NOT_FOUND", "there is no node in PATH");
}
