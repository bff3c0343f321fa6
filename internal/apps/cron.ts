import type { AppSpec } from "../keeper/app-spec.ts";
import type { AppDefinition } from "./app-definition.ts";

/** A cron expression that was checked. The empty text and 0 mean none, as for pm2. @throws INVALID_PARAMS */
export async function cronOf({ cron }: Pick<AppDefinition, "cron">): Promise<Pick<AppSpec, "cron">> {
  const expression = String(cron ?? "").trim();
  if (["", "0", "false"].includes(expression)) return {};
  const { cronTimes } = await import("../keeper/restarts/cron-times.ts");
  cronTimes(expression); // throws if it is invalid
  return { cron: expression };
}
