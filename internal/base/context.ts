import type { Progress } from "../../protocol/wire/event-stream.ts";
import type { TaskRunner } from "./task-runner.ts";

/** Where a command's output bytes go. */
export interface Output {
  /**
   * Hands bytes over; resolves when the reader has room for more, so awaiting it is the back pressure.
   * The bytes belong to the output from then on: do not change them.
   */
  write(bytes: Uint8Array): Promise<void>;
}

/** Where a command's events go. */
export interface Events {
  /** Whether the reader has room for an event now. */
  readonly ready: boolean;
  /** Resolves when the event was sent: awaiting it is the back pressure. */
  emit(event: unknown): Promise<void>;
}

/** The connection that a call came by. */
export interface Peer {
  /** It said Hello: one of our own clients, which keep a connection for as long as they are of use. */
  readonly saidHello: boolean;
  /** Runs when the connection is gone, whoever ended it. */
  onClose(cleanUp: () => void): void;
}

/** One call, as the transport sees it. */
export interface Call {
  /** Aborted when the caller cancels or its connection is gone. */
  readonly signal: AbortSignal;
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: Output;
  readonly events: Events;
  /** Takes how far the work has come; absent when nobody wants to know. */
  readonly progress?: ((progress: Progress) => void) | undefined;
  /** An answer that is JSON already is taken as it is; anybody else has it parsed. */
  readonly takesRawJson?: boolean | undefined;
  /** Absent in a one-shot command. */
  readonly peer?: Peer | undefined;
  /** The process that asked, where the transport knows it. */
  readonly callerPid?: number | undefined;
}

/** What the running service tells and does about itself. */
export interface ServiceControl {
  status(): ServiceStatus;
  /** Ends the service after the calls in flight, or at once. */
  stop(force: boolean): void;
  /** Runs once no call is in flight any more, before the service has ended. */
  onEnd(cleanUp: () => void | Promise<void>): void;
}

export type ServiceStatus = import("../../protocol/commands/index.ts").Result<"service.status">;

/** What all calls share: the process they run in. */
export interface Host {
  readonly version: string;
  readonly root: string;
  readonly confined: boolean;
  /** Bytes that one answer may have. */
  readonly maxResult: number;
  readonly tasks: TaskRunner;
  /** Absent in a one-shot command. */
  readonly service?: ServiceControl | undefined;
  /** Resolves a path that is not a declared path parameter, by the same rules. */
  resolvePath(path: string, kind?: "target" | "entry"): string | Promise<string>;
  /** Where a defect's stack goes. */
  logDefect(error: unknown, command: string): void;
}

/** What a handler is given beside its parameters. */
export interface Context extends Call {
  readonly host: Host;
  /** Path parameters as the caller wrote them; in the parameters they are absolute and checked. */
  readonly asked: Readonly<Record<string, unknown>>;
}
