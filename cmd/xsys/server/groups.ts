import type { FlagTable, Values } from "../flags/flag.ts";
import { CLUSTER, WORKER_LIFE, WORKER_LIMITS } from "./flags/cluster.ts";
import { COMPRESSION } from "./flags/compression.ts";
import { STATICS, UPLOADS } from "./flags/files.ts";
import { CONVERSION, GUARDS } from "./flags/guards.ts";
import { BREAKER, CONCURRENCY, QUALITY, RATE_LIMIT } from "./flags/limits.ts";
import { LISTENING, LOGGING } from "./flags/listening.ts";
import { PROXY } from "./flags/proxy.ts";
import { REQUESTS } from "./flags/requests.ts";
import { FIREWALL, IPC, PLUGINS, TASK_POOL } from "./flags/surroundings.ts";

/** Every flag of `xsys server start`. */
export const SERVER_FLAGS = {
  ...LISTENING,
  ...LOGGING,
  ...CLUSTER,
  ...WORKER_LIMITS,
  ...WORKER_LIFE,
  ...REQUESTS,
  ...CONCURRENCY,
  ...RATE_LIMIT,
  ...BREAKER,
  ...QUALITY,
  ...COMPRESSION,
  ...STATICS,
  ...UPLOADS,
  ...PROXY,
  ...GUARDS,
  ...CONVERSION,
  ...IPC,
  ...PLUGINS,
  ...FIREWALL,
  ...TASK_POOL,
};

/** The values that a command line gives for these flags. */
export type ServerValues = Values<typeof SERVER_FLAGS>;

/** The flags in the groups in which the help and the page of flags show them. */
export const SERVER_FLAG_GROUPS: Readonly<Record<string, FlagTable>> = {
  Listening: LISTENING,
  Logging: LOGGING,
  "Workers (with --cluster)": CLUSTER,
  "Worker limits (with --cluster)": WORKER_LIMITS,
  "Worker lifecycle (with --cluster)": WORKER_LIFE,
  Requests: REQUESTS,
  Concurrency: CONCURRENCY,
  "Rate limit": RATE_LIMIT,
  "Circuit breaker": BREAKER,
  "Slow requests": QUALITY,
  Compression: COMPRESSION,
  "Static files (of routes that name a directory)": STATICS,
  "Uploads (enabled by any of these flags)": UPLOADS,
  "Reverse proxy": PROXY,
  "Guards (value: a JSON object in base64; see docs/guards.md)": GUARDS,
  "XML and JSON": CONVERSION,
  Socket: IPC,
  Plugins: PLUGINS,
  Firewall: FIREWALL,
  "XyPriss task pool": TASK_POOL,
};
