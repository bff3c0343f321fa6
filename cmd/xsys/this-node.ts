import { isSea } from "node:sea";

/** The program file of the Node that runs this process; in the single executable, its own Node as a program. */
export async function thisNode(): Promise<string> {
  return isSea() ? (await import("./executable/own-node.ts")).ownNode() : process.execPath;
}
