import { type AnyCommand, contracts } from "../../protocol/commands/index.ts";
import type { Contract } from "../../protocol/contract/command.ts";

export type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

type ModuleOf<N> = N extends `${infer M}.${string}` ? M : never;
export type ModuleName = ModuleOf<AnyCommand["name"]>;

/** The name of a command's method in module `M`; `never` when the command belongs to another module. */
export type MethodIn<M extends ModuleName, C extends AnyCommand> = C["name"] extends `${M}.${infer A}`
  ? CamelCase<A>
  : never;

/** A method for every command, by module and by the action in camelCase: `fs.topBigFiles` for `fs.top-big-files`. */
export function commandMethods(methodFor: (contract: Contract) => unknown): Record<string, Record<string, unknown>> {
  const modules: Record<string, Record<string, unknown>> = {};
  for (const contract of contracts) {
    modules[contract.module] ??= {};
    (modules[contract.module] as Record<string, unknown>)[camelCase(contract.action)] = methodFor(contract);
  }
  return modules;
}

function camelCase(kebab: string): string {
  return kebab.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
