import { withAbsolutePaths } from "../../protocol/contract/absolute-paths.ts";
import type { Contract } from "../../protocol/contract/command.ts";
import type { JsonSchema } from "../../protocol/contract/schema.ts";
import type { Globals } from "./globals.ts";

/**
 * Makes paths absolute and checks them, because the service knows neither the root nor the `--confine` of this process.
 */
export async function ownPaths(
  contract: Contract,
  params: Record<string, unknown>,
  { confine }: Globals,
  root: string,
): Promise<Record<string, unknown>> {
  const absolute = withAbsolutePaths(contract, params, root);
  if (!confine) return absolute;
  const { confinedResolver, refuseUnconfined } = await import("../../internal/base/root.ts");
  if (contract.unconfined) refuseUnconfined(contract, root);
  const checked = confinedResolver(root);
  for (const [name, { "x-path": kind, items }] of Object.entries(contract.params.properties ?? {})) {
    const value = absolute[name];
    const itemKind = (items as JsonSchema | undefined)?.["x-path"];
    if (kind !== undefined && typeof value === "string") absolute[name] = await checked(value, kind);
    else if (itemKind !== undefined && Array.isArray(value)) {
      absolute[name] = await Promise.all(value.map((path) => checked(path, itemKind)));
    }
  }
  return absolute;
}
