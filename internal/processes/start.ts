import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import type { Logger } from "../base/log.ts";
import type { ProcessOptions } from "./options.ts";

/** Which of several processes of the same options it is. */
export interface Identity {
  /** What the log calls it, such as `worker 3`. */
  readonly name: string;
  /** Fields of the log's lines about it. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Its own environment, added to that of the options. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a process as the leader of a process group. A failure to start is reported by the process's `error` event, as
 * Node does it. A priority or a descriptor limit that cannot be set is logged, and the process runs without it.
 */
export function startProcess(options: ProcessOptions, identity: Identity, log: Logger): ChildProcess {
  options.beforeStart?.();
  const [program, args] = commandLine(options);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: environment(options, identity),
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  if (options.priority !== 0 && child.pid !== undefined) prioritize(child.pid, options.priority, identity, log);
  return child;
}

/** The limit is the child's own, so a shell sets it. Raised by nobody but a superuser, it may not be had. */
function commandLine({ command, fileDescriptors }: ProcessOptions): [program: string, args: string[]] {
  const [program, ...args] = command;
  if (fileDescriptors === undefined || process.platform === "win32") return [program, args];
  return ["/bin/sh", ["-c", LIMITED, String(fileDescriptors), program, ...args]];
}

const LIMITED =
  'ulimit -n "$0" || echo "xsys: a limit of $0 descriptors cannot be had, it stays at $(ulimit -n)" >&2; exec "$@"';

/** Names that would tie a child to what started the service: its IPC channel, its listening sockets, its readiness. */
const NOT_INHERITED = [
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_UNIQUE_ID",
  "LISTEN_FDS",
  "LISTEN_PID",
  "LISTEN_FDNAMES",
  "NOTIFY_SOCKET",
  "FORCE_COLOR",
];

function environment({ env, notInherited = [] }: ProcessOptions, identity: Identity): NodeJS.ProcessEnv {
  const inherited = { ...process.env };
  for (const name of [...NOT_INHERITED, ...notInherited]) delete inherited[name];
  return { ...inherited, NODE_ENV: "production", NO_COLOR: "1", ...env, ...identity.env };
}

function prioritize(pid: number, priority: number, { name, fields }: Identity, log: Logger): void {
  try {
    setPriority(pid, priority);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ ...fields, pid, priority }, `${name} runs at the priority of the service: ${why}`);
  }
}
