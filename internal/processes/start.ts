import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import type { Logger } from "../base/log.ts";
import type { ClusterOptions } from "../cluster/options.ts";

export interface Identity {
  readonly id: string;
  readonly key: string;
}

/**
 * Starts a worker's process as the leader of a process group. What hinders it is told by the process's `error`, as Node
 * has it; a priority or a descriptor limit that cannot be had is told, and done without.
 */
export function launch(options: ClusterOptions, identity: Identity, log: Logger): ChildProcess {
  options.beforeStart?.();
  const [program, args] = commandLine(options);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: environment(options, identity),
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  if (options.priority !== 0 && child.pid !== undefined) prioritize(child.pid, options.priority, identity.id, log);
  return child;
}

/** The limit is the child's own, so a shell sets it. Raised by nobody but a superuser, it may not be had. */
function commandLine({ command, fileDescriptors }: ClusterOptions): [program: string, args: string[]] {
  const [program, ...args] = command;
  if (fileDescriptors === undefined || process.platform === "win32") return [program, args];
  return ["/bin/sh", ["-c", LIMITED, String(fileDescriptors), program, ...args]];
}

const LIMITED =
  'ulimit -n "$0" || echo "xsys: a limit of $0 descriptors cannot be had, it stays at $(ulimit -n)" >&2; exec "$@"';

/** Names that would tie a worker to what started the service: its IPC channel, its listening sockets, its readiness. */
const NOT_INHERITED = [
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_UNIQUE_ID",
  "LISTEN_FDS",
  "LISTEN_PID",
  "LISTEN_FDNAMES",
  "NOTIFY_SOCKET",
  "FORCE_COLOR",
  "XYPRISS_MAX_CPU",
];

function environment({ env, maxCpu }: ClusterOptions, { id, key }: Identity): NodeJS.ProcessEnv {
  const inherited = { ...process.env };
  for (const name of NOT_INHERITED) delete inherited[name];
  return {
    ...inherited,
    NODE_ENV: "production",
    NO_COLOR: "1",
    ...env,
    XYPRISS_WORKER_ID: id,
    XSYS_WORKER_KEY: key,
    ...(maxCpu !== undefined && { XYPRISS_MAX_CPU: String(maxCpu) }),
  };
}

function prioritize(pid: number, priority: number, worker: string, log: Logger): void {
  try {
    setPriority(pid, priority);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ worker, pid, priority }, `worker ${worker} runs at the priority of the service: ${why}`);
  }
}
