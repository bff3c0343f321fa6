import type { Contract, ParamsGiven, ParamsTaken, ResultOf } from "../contract/command.ts";
import * as app from "./app.ts";
import * as archive from "./archive.ts";
import * as cluster from "./cluster.ts";
import * as console from "./console.ts";
import * as fsGuard from "./fs-guard.ts";
import * as fsHandle from "./fs-handle.ts";
import * as fsRead from "./fs-read.ts";
import * as fsTree from "./fs-tree.ts";
import * as fsWatch from "./fs-watch.ts";
import * as fsWrite from "./fs-write.ts";
import * as monitor from "./monitor.ts";
import * as path from "./path.ts";
import * as search from "./search.ts";
import * as service from "./service.ts";
import * as sys from "./sys.ts";
import * as terminal from "./terminal.ts";
import * as watch from "./watch.ts";

const modules = [
  path,
  fsRead,
  fsWrite,
  fsTree,
  fsGuard,
  fsWatch,
  fsHandle,
  search,
  archive,
  sys,
  monitor,
  console,
  watch,
  terminal,
  cluster,
  app,
  service,
] as const;

type ContractIn<M> = M extends unknown ? Extract<M[keyof M], Contract> : never;
/** The union of all contracts. */
export type AnyCommand = ContractIn<(typeof modules)[number]>;
/** `path.resolve`, `fs.ls`, … */
export type CommandName = AnyCommand["name"];
export type CommandOf<N extends CommandName> = Extract<AnyCommand, { readonly name: N }>;
export type Params<N extends CommandName> = ParamsGiven<CommandOf<N>>;
export type HandlerParams<N extends CommandName> = ParamsTaken<CommandOf<N>>;
export type Result<N extends CommandName> = ResultOf<CommandOf<N>>;

/** Every contract, in the order of the pages and of `--help`. */
export const contracts: readonly Contract[] = modules.flatMap((module) =>
  Object.values(module).filter((value): value is AnyCommand => "action" in value),
);

/** Contracts by name. */
export const contractsByName: ReadonlyMap<string, Contract> = new Map(contracts.map((c) => [c.name, c]));

const names = new Map<string, Map<string, string>>();
for (const { module, action, name } of contracts) {
  names.set(module, (names.get(module) ?? new Map()).set(action, name));
}

/**
 * A command's name from its parts. For a known command this is the contract's own string, whose hash is already
 * computed: concatenating a new string for each call costs the service 5 % of its calls per second.
 */
export function commandName(module: string, action: string): string {
  return names.get(module)?.get(action) ?? `${module}.${action}`;
}
