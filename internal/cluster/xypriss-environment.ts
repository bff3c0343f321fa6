import type { ClusterOptions } from "./options.ts";

/** The environment variables from which the workers of XyPriss and of our SDK read their id, key and CPU limit. */
export function xyprissEnvironment({
  maxCpu,
}: Pick<ClusterOptions, "maxCpu"> = {}): Pick<ClusterOptions, "identify" | "notInherited"> {
  const limits = maxCpu === undefined ? {} : { XYPRISS_MAX_CPU: String(maxCpu) };
  return {
    identify: (id, key) => ({ XYPRISS_WORKER_ID: id, XSYS_WORKER_KEY: key, ...limits }),
    notInherited: ["XYPRISS_MAX_CPU"],
  };
}
