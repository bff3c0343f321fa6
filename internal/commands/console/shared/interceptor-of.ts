import type { Host } from "../../../base/context.ts";
import { perHost } from "../../../base/per-host.ts";
import { Interceptor } from "./interceptor.ts";

/** The one interceptor that all callers of a process configure and use. */
export const interceptorOf: (host: Host) => Interceptor = perHost(() => new Interceptor());
