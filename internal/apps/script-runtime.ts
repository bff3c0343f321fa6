import { XsysError } from "../../protocol/errors.ts";
import { programOnPath } from "../processes/program-on-path.ts";
import { runsTypeScript } from "../processes/runs-typescript.ts";
import { splitWords } from "../processes/split-command.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * The command of a script for Node. TypeScript is run by the first of these that can: the Node in PATH, Bun, the Node of
 * xsys. With a loader such as `--import tsx`, Node can run every kind of script.
 * @throws UNSUPPORTED if nothing here can run it
 */
export async function nodeFor(
  script: string,
  options: readonly string[],
  surroundings: Surroundings,
): Promise<[string, ...string[]]> {
  const node = (await programOnPath("node", surroundings)) ?? (await surroundings.node());
  const kind = /x$/i.test(script) ? "jsx" : /\.[cm]?ts$/i.test(script) ? "typescript" : "javascript";
  if (kind === "javascript" || hasLoader(options, surroundings)) return [node, ...options, script];
  if (kind === "typescript" && (await runsTypeScript(node))) return [node, ...options, script];
  const bun = await programOnPath("bun", surroundings);
  if (bun !== undefined) return [bun, ...options, script];
  if (kind === "typescript") {
    const own = await surroundings.node();
    if (own !== node && (await runsTypeScript(own))) return [own, ...options, script];
  }
  throw unsupported(script, node, kind);
}

function hasLoader(options: readonly string[], { env }: Surroundings): boolean {
  const words = [...options, ...(splitWords(env.NODE_OPTIONS ?? "") ?? [])];
  return words.some((word) => LOADER.test(word));
}

const LOADER = /^(?:-r|--require|--import|--loader|--experimental-loader)(?:=|$)/;

function unsupported(script: string, node: string, kind: "jsx" | "typescript"): XsysError {
  const why = kind === "jsx" ? "Node does not run files with JSX" : `${node} is too old for TypeScript`;
  const hint = "install Bun, add a loader such as nodeArgs: --import tsx, or compile it to JavaScript";
  return new XsysError("UNSUPPORTED", `the entry ${script} cannot be run: ${why}; ${hint}`);
}
