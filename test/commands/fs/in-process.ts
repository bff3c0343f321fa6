import type { CommandName, Params, Result } from "../../../protocol/commands/index.ts";
import { XsysError } from "../../../protocol/errors.ts";
import type { Sandbox } from "../../support/sandbox.ts";
import { inProcess } from "../ways.ts";

/** Calls a command through the router only. For tables of cases, where a process for each would take seconds. */
export async function callIn<N extends CommandName>(sandbox: Sandbox, name: N, params: Params<N>): Promise<Result<N>> {
  return (await inProcess.call(sandbox.root, name, params as object, {})).result as Result<N>;
}

export async function outputIn(sandbox: Sandbox, name: CommandName, params: object): Promise<string> {
  return Buffer.from((await inProcess.call(sandbox.root, name, params, {})).output).toString();
}

export async function failureIn(sandbox: Sandbox, name: CommandName, params: object): Promise<XsysError> {
  const outcome = await inProcess.call(sandbox.root, name, params, {}).catch((error: unknown) => error);
  if (outcome instanceof XsysError) return outcome;
  throw new Error(`${name} should have failed with an XsysError`, { cause: outcome });
}
