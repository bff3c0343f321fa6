import { availableParallelism } from "node:os";
import type { ClusterOptions } from "../../../../internal/cluster/options.ts";
import { xyprissEnvironment } from "../../../../internal/cluster/xypriss-environment.ts";
import type { Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, milliseconds, optionalCount, size } from "../../flags/kinds.ts";
import { optionalPath, optionalText, paths } from "../../flags/texts.ts";
import { SERVE_OPTIONS } from "../../serve-options.ts";
import { optionsWith } from "../preload-file.ts";
import { strategy } from "./proxy.ts";

const MB = 1024 ** 2;

export const CLUSTER = {
  cluster: flag("Start and supervise workers."),
  "entry-point": optionalPath(
    "Worker script. TypeScript runs on the `bun` on PATH, any other script on the `node` on PATH. If that program is " +
      "not on PATH, the script runs on the Node that xsys itself runs on. If XyPriss starts the service, the script " +
      "runs on the runtime of the application.",
  ),
  "worker-command": optionalText(
    "Program and arguments of a worker, instead of --entry-point; the program may be in any language.",
  ),
  preload: flag(
    "Make a worker of an application for Node that does not use the SDK: its HTTP server gets the requests of the " +
      "gateway instead of listening. The entry point runs on Node, and a --worker-command gets the preload by " +
      "NODE_OPTIONS.",
  ),
  "app-port": optionalText(
    "With --preload: the port or path on which the application's server would listen, or any for the first one. By " +
      "default the port of the gateway.",
  ),
  "cluster-workers": count({
    summary: "Number of workers; 0 or auto for one per processor.",
    byDefault: 0,
    auto: 0,
    most: 1024,
    shownDefault: "one per processor",
  }),
  standbys: count({
    summary: "Number of standby workers, which are ready to replace a worker that dies.",
    byDefault: 0,
    most: 1024,
  }),
  "standby-warm-up": paths(
    "Comma-separated paths that each standby is asked for with GET when it is ready, so that its code is loaded and " +
      "compiled when it replaces a worker. The requests have the header X-Xsys-Warm-Up.",
    32,
  ),
  "cluster-strategy": strategy("Load-balancing strategy for workers."),
  "cluster-respawn": flag("Restart workers that crash or fail to start.", true),
  "max-restarts": optionalCount({
    summary:
      "How many times in a row a failed start of a worker is repeated. After that, the worker is in the state " +
      "`hopeless` and is not started until `cluster restart`. When a worker enters this state and all other workers are " +
      "in it as well or were stopped with `cluster stop`, the service exits.",
    most: 1_000_000,
    shownDefault: "no limit",
  }),
  "rescue-mode": flag("Say in a 503 response that the workers are being restarted."),
};

export const WORKER_LIMITS = {
  "cluster-max-memory": size({
    summary: "Maximum resident memory per worker; without a unit, in megabytes. 0 for no limit.",
    byDefault: 0,
    unit: MB,
    most: 2 ** 50,
  }),
  "cluster-max-cpu": count({
    summary: "Maximum CPU usage per worker, in percent of one processor; 0 for no limit.",
    byDefault: 0,
    most: 102_400,
  }),
  "cluster-memory-check-interval": milliseconds({
    summary: "Interval between checks of memory and CPU usage; 0 for the default.",
    byDefault: 5_000,
    most: 3_600_000,
  }),
  "cluster-enforce-hard-limits": flag("Replace a worker that exceeds a limit. By default this is only logged."),
  intelligence: flag(
    "Trigger garbage collection when all workers and standbys together use more than 75 % of their combined limit, " +
      "to which each contributes --cluster-max-memory. Requires --cluster-max-memory and, for worker scripts, " +
      "--gc-hint.",
  ),
  "gc-hint": flag("Run worker scripts with --expose-gc, so that garbage collection can be triggered."),
  "cluster-priority": count({ summary: "Nice value of workers.", byDefault: 0, least: -20, most: 19 }),
  "file-descriptor-limit": count({
    summary: "Maximum number of open file descriptors per worker.",
    byDefault: 0,
    shownDefault: "the limit of the service",
  }),
  "pre-allocate": withoutEffect(flag("Reserve memory.")),
};

export const WORKER_LIFE = {
  "ready-timeout": milliseconds({
    summary: "Time limit for a worker to register.",
    byDefault: 30_000,
    least: 1,
    most: 3_600_000,
  }),
  "drain-timeout": SERVE_OPTIONS["drain-timeout"],
  "stop-timeout": milliseconds({
    summary: "Time limit for a worker to exit after SIGTERM.",
    byDefault: 5_000,
    most: 3_600_000,
  }),
  "ping-interval": milliseconds({
    summary: "Interval between pings to a worker; 0 to disable.",
    byDefault: 2_000,
  }),
  "ping-timeout": milliseconds({
    summary:
      "A worker that does not answer a ping for this long is replaced. This applies only if the worker, or an " +
      "earlier process with the same worker id, has answered a ping before.",
    byDefault: 30_000,
    least: 1,
  }),
};

type ClusterValues = Values<typeof CLUSTER> & Values<typeof WORKER_LIMITS> & Values<typeof WORKER_LIFE>;

interface WorkerSurroundings {
  readonly socket: string;
  /** The program that a worker runs for XyPriss's one-shot calls; if undefined, the worker looks for one itself. */
  readonly program: string | undefined;
  /** The preload of --preload. */
  readonly preload: string | undefined;
}

export function clusterOptions(
  values: ClusterValues,
  { command, socket, cwd, program, preload }: Pick<ClusterOptions, "command" | "cwd"> & WorkerSurroundings,
): ClusterOptions {
  const { "cluster-max-memory": maxMemory, "cluster-max-cpu": maxCpu, "file-descriptor-limit": files } = values;
  const { "max-restarts": maxRestarts } = values;
  return {
    command,
    cwd,
    env: {
      XYPRISS_IPC_PATH: socket,
      ...(program !== undefined && { XYPRISS_XHSC_PATH: program }),
      ...(values["app-port"] !== undefined && { XSYS_APP_PORT: values["app-port"] }),
      ...(preload !== undefined &&
        values["worker-command"] !== undefined && { NODE_OPTIONS: optionsWith(preload, process.env.NODE_OPTIONS) }),
    },
    ...xyprissEnvironment(maxCpu > 0 ? { maxCpu } : {}),
    workers: values["cluster-workers"] || availableParallelism(),
    standbys: values.standbys,
    readyWhen: "registered",
    readyTimeout: values["ready-timeout"],
    drainTimeout: values["drain-timeout"],
    stopTimeout: values["stop-timeout"],
    respawn: values["cluster-respawn"],
    backoff: { first: 10, most: 30_000, mostInService: 1_000 },
    stableAfter: 10_000,
    ...(maxRestarts !== undefined && { maxRestarts }),
    ...(maxMemory > 0 && { maxMemory }),
    ...(maxCpu > 0 && { maxCpu }),
    checkInterval: values["cluster-memory-check-interval"] || WORKER_LIMITS["cluster-memory-check-interval"].byDefault,
    hardLimits: values["cluster-enforce-hard-limits"],
    intelligence: values.intelligence,
    priority: values["cluster-priority"],
    ...(files > 0 && { fileDescriptors: files }),
    pingInterval: values["ping-interval"],
    pingTimeout: values["ping-timeout"],
  };
}
