import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { isSea } from "node:sea";
import { programOnPath } from "../../../internal/processes/program-on-path.ts";
import { runsTypeScript } from "../../../internal/processes/runs-typescript.ts";
import { splitCommand } from "../../../internal/processes/split-command.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { thisNode } from "../this-node.ts";
import type { ServerValues } from "./groups.ts";
import { parentRuntime, type Runtime } from "./parent-runtime.ts";

type CommandValues = Pick<
  ServerValues,
  "cluster" | "entry-point" | "worker-command" | "cluster-max-memory" | "gc-hint"
>;

/** How a worker script is run. */
interface ScriptSurroundings {
  /** The runtime of the application that starts the service. */
  readonly parent?: Runtime | undefined;
  /** A file that Node loads before the script. */
  readonly preload?: string | undefined;
}

/**
 * Program and arguments of a worker; undefined if no workers are to be started.
 * @throws INVALID_PARAMS if --cluster or the program is missing, or the program is given twice (only for command lines
 *   not written by XyPriss's client); NOT_FOUND if the script does not exist
 */
export async function workerCommand(
  values: CommandValues,
  signed: boolean,
  readParent: () => Promise<Runtime | undefined> = parentRuntime,
  preload?: string,
): Promise<[string, ...string[]] | undefined> {
  const { cluster, "entry-point": script, "worker-command": line } = values;
  if (script !== undefined && line !== undefined)
    throw invalid("--entry-point and --worker-command are mutually exclusive");
  const isToRun = script !== undefined || line !== undefined;
  if (cluster && isToRun) {
    if (line !== undefined) return splitCommand(line, "--worker-command");
    // XyPriss's client runs in the application itself, so its workers use the same runtime. Other callers, such as a
    // shell, say nothing about the runtime of workers.
    const parent = signed ? await readParent() : undefined;
    return scriptCommand(await existingFile(script ?? ""), values, { parent, preload });
  }
  // XyPriss's own engine starts workers if both are given, and otherwise reports no error.
  if (signed || cluster === isToRun) return undefined;
  throw invalid(
    cluster ? "--cluster needs --entry-point or --worker-command" : "--entry-point and --worker-command need --cluster",
  );
}

function invalid(message: string): XsysError {
  return new XsysError("INVALID_PARAMS", `server start: ${message}`);
}

async function scriptCommand(
  script: string,
  values: CommandValues,
  { parent, preload }: ScriptSurroundings,
): Promise<[string, ...string[]]> {
  const isTypeScript = /\.(?:[cm]?ts|tsx)$/.test(script);
  const options = [...nodeOptions(values), ...(preload === undefined ? [] : ["--require", preload])];
  if (parent?.name === "bun") return [parent.file, script];
  if (parent !== undefined && (!isTypeScript || (await runsTypeScript(parent.file)))) {
    return [parent.file, ...options, script];
  }
  const bun = isTypeScript && preload === undefined ? await programOnPath("bun") : undefined;
  if (bun !== undefined) return [bun, script];
  // The Node in PATH may be too old for TypeScript; the Node of this process is not.
  const node = isTypeScript ? undefined : await programOnPath("node");
  return [node ?? (await thisNode()), ...options, script];
}

/** What to do before each start of a worker: the executable's own Node is in a cache, which may have been cleared. */
export async function preparation([program]: readonly [string, ...string[]]): Promise<(() => void) | undefined> {
  if (!isSea()) return undefined;
  const { isOwnNode, ownNode } = await import("../executable/own-node.ts");
  return isOwnNode(program) ? () => void ownNode() : undefined;
}

function nodeOptions({ "cluster-max-memory": bytes, "gc-hint": gcHint }: CommandValues): string[] {
  const megabytes = Math.floor(bytes / 1024 ** 2);
  return [...(megabytes > 0 ? [`--max-old-space-size=${megabytes}`] : []), ...(gcHint ? ["--expose-gc"] : [])];
}

async function existingFile(path: string): Promise<string> {
  const file = resolve(path);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile()) return file;
  throw new XsysError("NOT_FOUND", `the entry point ${file} is not an existing file`);
}
