import type { Progress } from "../../protocol/wire/event-stream.ts";
import type { TaskRunner } from "./task-runner.ts";

/** Receives a command's output bytes. */
export interface Output {
  /**
   * Writes bytes. Resolves when the reader has room for more: await it for back pressure.
   * Do not modify the bytes afterwards: they are not copied.
   */
  write(bytes: Uint8Array): Promise<void>;
}

/** Receives a command's events. */
export interface Events {
  /** Whether the reader has room for an event. */
  readonly ready: boolean;
  /** Resolves when the event was sent: await it for back pressure. */
  emit(event: unknown): Promise<void>;
}

/** The connection that a call was received on. */
export interface Peer {
  /** Whether it sent a Hello. Our own clients do, and they keep their connection open as long as they are in use. */
  readonly saidHello: boolean;
  /** Called when the connection is closed by either side. */
  onClose(cleanUp: () => void): void;
}

/** A call, independent of its transport. */
export interface Call {
  /** Aborted when the caller cancels the call or its connection is closed. */
  readonly signal: AbortSignal;
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: Output;
  readonly events: Events;
  /** Reports progress; absent if the caller did not ask for it. */
  readonly progress?: ((progress: Progress) => void) | undefined;
  /** Whether the transport accepts a RawJson as the answer. Otherwise it is parsed. */
  readonly takesRawJson?: boolean | undefined;
  /** Absent in a one-shot command. */
  readonly peer?: Peer | undefined;
  /** Process id of the caller, if the transport knows it. */
  readonly callerPid?: number | undefined;
}

/** Status and control of the running service. */
export interface ServiceControl {
  status(): ServiceStatus;
  /** Stops the service after the calls in flight; with `force`, at once. */
  stop(force: boolean): void;
  /** Called during shutdown, when no call is in flight. */
  onEnd(cleanUp: () => void | Promise<void>): void;
  /** A service that ends when it is idle does not end while `isNeeded` returns true. */
  stayWhile(isNeeded: () => boolean): void;
}

export type ServiceStatus = import("../../protocol/commands/index.ts").Result<"service.status">;

export interface OwnProgram {
  /** Program and arguments of a keeper of apps of the same version. */
  readonly keeper: readonly [string, ...string[]];
  /** Program and arguments of the gateway process in front of apps. */
  readonly appGateway: readonly [string, ...string[]];
  /** The file that makes a worker of a Node application (clients/typescript/preload). It may be removed at any time. */
  readonly preload: () => Promise<string>;
  /** Program and arguments of `xsys daemon`. */
  readonly daemon: readonly [string, ...string[]];
  /** The program file of a Node for scripts, for machines without one in PATH. */
  readonly node: () => string | Promise<string>;
}

/** The process that calls run in, shared by all of them. */
export interface Host {
  readonly version: string;
  readonly root: string;
  readonly confined: boolean;
  /** Environment and current directory of the process whose commands run here. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly cwd: string;
  /** Maximum size of an answer in bytes. */
  readonly maxResult: number;
  readonly tasks: TaskRunner;
  /** Absent in a one-shot command. */
  readonly service?: ServiceControl | undefined;
  /** How to start further processes of xsys; absent where xsys is not a program, as in tests of handlers. */
  readonly program?: OwnProgram | undefined;
  /** Resolves a path that is not a declared path parameter, with the same rules. */
  resolvePath(path: string, kind?: "target" | "entry"): string | Promise<string>;
  /** Logs an unexpected error, with its stack. */
  logDefect(error: unknown, command: string): void;
}

/** What a handler receives besides its parameters. */
export interface Context extends Call {
  readonly host: Host;
  /** Path parameters as the caller sent them. In the handler's parameters they are absolute and checked. */
  readonly asked: Readonly<Record<string, unknown>>;
}
