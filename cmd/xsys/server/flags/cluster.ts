import { availableParallelism } from "node:os";
import type { ClusterOptions } from "../../../../internal/cluster/options.ts";
import { xyprissEnvironment } from "../../../../internal/cluster/xypriss-environment.ts";
import type { Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, milliseconds, optionalCount, size } from "../../flags/kinds.ts";
import { optionalPath, optionalText } from "../../flags/texts.ts";
import { SERVE_OPTIONS } from "../../serve-options.ts";
import { strategy } from "./proxy.ts";

const MB = 1024 ** 2;

export const CLUSTER = {
  cluster: flag("Start workers, and watch over them."),
  "entry-point": optionalPath(
    "Script of a worker: run by what runs XyPriss's application; else TypeScript by bun where it is, the rest by node.",
  ),
  "worker-command": optionalText("Program and arguments of a worker, in place of a script: any program will do."),
  "cluster-workers": count({
    summary: "Workers; 0 or auto for as many as there are processors.",
    byDefault: 0,
    auto: 0,
    most: 1024,
    shownDefault: "a worker for each processor",
  }),
  standbys: count({ summary: "Workers that are ready to take the place of one that died.", byDefault: 0, most: 1024 }),
  "cluster-strategy": strategy("How the worker of a request is chosen."),
  "cluster-respawn": flag("Start another worker in the place of one that died.", true),
  "max-restarts": optionalCount({
    summary: "Failed restarts in a row after which a worker is given up; the service ends when all are.",
    most: 1_000_000,
    shownDefault: "no limit",
  }),
  "rescue-mode": flag("Say in a 503 that the workers are being brought back."),
};

export const WORKER_LIMITS = {
  "cluster-max-memory": size({
    summary: "Of a worker, resident; 0 for no limit.",
    byDefault: 0,
    unit: MB,
    most: 2 ** 50,
  }),
  "cluster-max-cpu": count({
    summary: "Percent of a processor for a worker; 0 for no limit.",
    byDefault: 0,
    most: 102_400,
  }),
  "cluster-memory-check-interval": milliseconds({
    summary: "How often both are looked at; 0 for the default.",
    byDefault: 5_000,
    most: 3_600_000,
  }),
  "cluster-enforce-hard-limits": flag("Replace a worker over a limit; else it is told in the log."),
  intelligence: flag("Have workers collect their garbage as their memory nears the limit of all together."),
  "gc-hint": flag("Let a script's worker be asked to collect its garbage (--expose-gc)."),
  "cluster-priority": count({ summary: "Nice value of workers.", byDefault: 0, least: -20, most: 19 }),
  "file-descriptor-limit": count({
    summary: "Files that a worker may hold open.",
    byDefault: 0,
    shownDefault: "the service's own",
  }),
  "pre-allocate": withoutEffect(flag("Reserve memory.")),
};

export const WORKER_LIFE = {
  "ready-timeout": milliseconds({
    summary: "How long a worker has to register.",
    byDefault: 30_000,
    least: 1,
    most: 3_600_000,
  }),
  "drain-timeout": SERVE_OPTIONS["drain-timeout"],
  "stop-timeout": milliseconds({
    summary: "How long a worker has to exit after SIGTERM.",
    byDefault: 5_000,
    most: 3_600_000,
  }),
  "ping-interval": milliseconds({
    summary: "How often a worker is asked for a sign of life; 0 for never.",
    byDefault: 2_000,
  }),
  "ping-timeout": milliseconds({
    summary: "How long one that has answered before may stay silent before it is replaced.",
    byDefault: 30_000,
    least: 1,
  }),
};

type ClusterValues = Values<typeof CLUSTER> & Values<typeof WORKER_LIMITS> & Values<typeof WORKER_LIFE>;

interface WorkerSurroundings {
  readonly socket: string;
  /** What a worker starts for XyPriss's one-shot calls; undefined leaves it to look for one. */
  readonly program: string | undefined;
}

export function clusterOptions(
  values: ClusterValues,
  { command, socket, cwd, program }: Pick<ClusterOptions, "command" | "cwd"> & WorkerSurroundings,
): ClusterOptions {
  const { "cluster-max-memory": maxMemory, "cluster-max-cpu": maxCpu, "file-descriptor-limit": files } = values;
  const { "max-restarts": maxRestarts } = values;
  return {
    command,
    cwd,
    env: {
      XYPRISS_IPC_PATH: socket,
      ...(program !== undefined && { XYPRISS_XHSC_PATH: program }),
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
