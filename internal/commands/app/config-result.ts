import type { Result } from "../../../protocol/commands/index.ts";
import type { ConfigPlan } from "../../apps/apply-config.ts";

export function configResult({ file, started, changed, removed, kept, warnings }: ConfigPlan): Result<"app.diff"> {
  return {
    file,
    started: started.map(({ name }) => name),
    changed: changed.map(({ name, fields }) => ({ name, fields: fields.map((each) => ({ ...each })) })),
    removed,
    kept,
    warnings: [...warnings],
  };
}
