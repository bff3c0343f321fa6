import type { HandlerParams } from "../../../../protocol/commands/index.ts";

/** Configuration of how console messages are processed. */
export type Configuration = HandlerParams<"console.update-config">;
