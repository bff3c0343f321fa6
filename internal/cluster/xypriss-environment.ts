import type { ClusterOptions } from "./options.ts";

/** The names in a worker's environment by which XyPriss's workers, and those of our SDK, know who they are. */
export function xyprissEnvironment({
  maxCpu,
}: Pick<ClusterOptions, "maxCpu"> = {}): Pick<ClusterOptions, "identify" | "notInherited"> {
  const limits = maxCpu === undefined ? {} : { XYPRISS_MAX_CPU: String(maxCpu) };
  return {
    identify: (id, key) => ({ XYPRISS_WORKER_ID: id, XSYS_WORKER_KEY: key, ...limits }),
    notInherited: ["XYPRISS_MAX_CPU"],
  };
}
