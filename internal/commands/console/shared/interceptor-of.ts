import type { Host } from "../../../base/context.ts";
import { Interceptor } from "./interceptor.ts";

const interceptors = new WeakMap<Host, Interceptor>();

/** The one interceptor that all callers of a process configure and use. */
export function interceptorOf(host: Host): Interceptor {
  const known = interceptors.get(host);
  if (known !== undefined) return known;
  const interceptor = new Interceptor();
  interceptors.set(host, interceptor);
  return interceptor;
}
