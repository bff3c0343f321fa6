import type { Host } from "../../../base/context.ts";
import { perHost } from "../../../base/per-host.ts";
import { Interceptor } from "./interceptor.ts";

/** The interceptor of a process. All callers share it and its configuration. */
export const interceptorOf: (host: Host) => Interceptor = perHost(() => new Interceptor());
