import type { HandlerParams } from "../../../../protocol/commands/index.ts";

/** How an application wants its console messages worked on. */
export type Configuration = HandlerParams<"console.update-config">;
