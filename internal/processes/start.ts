import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import type { Logger } from "../base/log.ts";
import type { ProcessOptions } from "./options.ts";

/** Distinguishes processes with the same options. */
export interface Identity {
  /** Its name in the log, such as `worker 3`. */
  readonly name: string;
  /** Fields of log records about it. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Additional environment variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where the output of a process goes: descriptors of this process, or pipes to it. */
export type OutputTargets = readonly [stdout: number | "pipe", stderr: number | "pipe"];

/**
 * Starts a process as the leader of a process group. A failed start is reported by the process's `error` event, as in
 * Node. If the priority or the descriptor limit cannot be set, that is logged, and the process runs without it.
 */
export function startProcess(
  options: ProcessOptions,
  identity: Identity,
  log: Logger,
  output: OutputTargets = ["pipe", "pipe"],
): ChildProcess {
  options.beforeStart?.();
  const [program, args] = commandLine(options);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: environmentOf(options, identity),
    stdio: ["ignore", ...output, ...(options.descriptors ?? [])],
    uid: options.uid,
    gid: options.gid,
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  if (options.priority !== 0 && child.pid !== undefined) prioritize(child.pid, options.priority, identity, log);
  return child;
}

/**
 * What only the child itself can do is done by a shell, which then becomes the program: set its descriptor limit (only
 * root may raise a hard limit, so it may fail), and name its own pid in LISTEN_PID.
 */
function commandLine({ command, fileDescriptors, listens }: ProcessOptions): [program: string, args: string[]] {
  const [program, ...args] = command;
  if ((fileDescriptors === undefined && !listens) || process.platform === "win32") return [program, args];
  const script = [...(fileDescriptors === undefined ? [] : [LIMITED]), ...(listens ? [LISTENING] : []), 'exec "$@"'];
  return ["/bin/sh", ["-c", script.join("\n"), String(fileDescriptors ?? "sh"), program, ...args]];
}

const LIMITED = 'ulimit -n "$0" || echo "xsys: cannot set the descriptor limit to $0, it stays at $(ulimit -n)" >&2';
const LISTENING = "export LISTEN_FDS=1 LISTEN_PID=$$";

/**
 * Variables that belong to the service itself: its IPC channel, its listening sockets, its readiness notification, and the
 * mark of an application that was started by another service (clients/typescript/preload/surroundings.ts).
 */
const NOT_INHERITED = [
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_UNIQUE_ID",
  "LISTEN_FDS",
  "LISTEN_PID",
  "LISTEN_FDNAMES",
  "NOTIFY_SOCKET",
  "XSYS_PRELOADED",
  "FORCE_COLOR",
];

function environmentOf(options: ProcessOptions, identity: Identity): NodeJS.ProcessEnv {
  const { env, environment, notInherited = [] } = options;
  if (environment !== undefined) return { ...environment(), ...identity.env };
  const inherited = { ...process.env };
  for (const name of [...NOT_INHERITED, ...notInherited]) delete inherited[name];
  return { ...inherited, NODE_ENV: "production", NO_COLOR: "1", ...env, ...identity.env };
}

function prioritize(pid: number, priority: number, { name, fields }: Identity, log: Logger): void {
  try {
    setPriority(pid, priority);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ ...fields, pid, priority }, `cannot set the priority of ${name}, it stays at the service's own: ${why}`);
  }
}
