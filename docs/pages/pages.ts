import { contracts } from "../../protocol/commands/index.ts";
import { commandPage } from "./command-page.ts";
import { errorsPage } from "./errors-page.ts";
import { indexPage } from "./index-page.ts";
import { serverFlagsPage } from "./server-flags-page.ts";

/** All generated pages by their path relative to docs/. */
export function pages(): ReadonlyMap<string, string> {
  return new Map([
    ...contracts.map(
      (contract) => [`commands/${contract.module}/${contract.action}.md`, commandPage(contract)] as const,
    ),
    ["commands/README.md", indexPage()] as const,
    ["errors.md", errorsPage()] as const,
    ["server-flags.md", serverFlagsPage()] as const,
  ]);
}
