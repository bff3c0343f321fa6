import { getRawAsset, isSea } from "node:sea";
import { BUILD_ASSET } from "../../../clients/front/build.ts";
import type { FrontOptions } from "../../../internal/host/service.ts";
import { commandLines } from "./command-lines.ts";

/** What a service needs to run the command lines of native fronts; undefined when run from source. */
export function frontOptions(): FrontOptions | undefined {
  if (!isSea()) return undefined;
  return { build: () => Buffer.from(getRawAsset(BUILD_ASSET)).toString(), lines: commandLines };
}
