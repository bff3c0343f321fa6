import type { AnyCommand, CommandName, CommandOf } from "../../protocol/commands/index.ts";
import type { Contract, ParamsTaken, ResultOf } from "../../protocol/contract/command.ts";
import type { Context } from "./context.ts";
import type { RawJson } from "./raw-json.ts";

/** Implements a command. `run` returns a promise only if it has to wait: a plain value is sent in the same tick. */
export interface Handler<C extends Contract = Contract> {
  readonly contract: C;
  readonly run: (params: ParamsTaken<C>, context: Context) => Answer<C> | Promise<Answer<C>>;
}

type Answer<C extends Contract> = ResultOf<C> | RawJson;

export type HandlerOf<N extends CommandName> = Handler<CommandOf<N>>;

/** Creates the handler of a contract. Its types are inferred from the contract. */
export function handle<C extends AnyCommand>(contract: C, run: Handler<C>["run"]): Handler<C> {
  return { contract, run };
}
