import type { Params, Result } from "../../protocol/commands/index.ts";

export type Memory = Result<"sys.memory">;
export type Disk = Result<"sys.disks">[number];
export type NetworkInterface = Extract<Result<"sys.network">, { name: string }>;
export type Process = Result<"sys.processes">[number];
export type Port = Result<"sys.ports">[number];
export type Temperature = Result<"sys.temp">[number];
export type Battery = Result<"sys.battery">;

/** A logical processor, without its usage. */
export type Processor = Omit<Result<"sys.cpu">[number], "usage">;

/** Time of a logical processor since the machine started, in any unit. */
export interface ProcessorTimes {
  /** `cpu0`, `cpu1`, … */
  readonly name: string;
  readonly busy: number;
  readonly total: number;
}

/** Name and version of the operating system, and its boot time. */
export type System = Pick<Result<"sys.info">, "os_name" | "os_version" | "os_edition" | "boot_time">;

/** Selects processes. */
export type ProcessQuery = Params<"sys.processes">;

/** Resources that a process has used since it started. */
export interface ProcessUsage {
  /** Distinguishes the process from a later one with the same pid. */
  readonly start: number;
  /** Processor time in seconds. On platforms that only report a percentage: the usage since the previous call. */
  readonly cpu: { readonly seconds: number } | { readonly percent: number };
  /** Resident memory in bytes. */
  readonly memory: number;
  /** Bytes read from storage. */
  readonly disk_read: number;
  /** Bytes written to storage. */
  readonly disk_write: number;
}

type Awaitable<T> = T | Promise<T>;

/** Reads facts about the machine. */
export interface Platform {
  battery(): Awaitable<Battery>;
  /** File systems with storage space of their own. Those that cannot be queried are left out. */
  disks(): Awaitable<Disk[]>;
  memory(): Awaitable<Memory>;
  networkInterfaces(): Awaitable<NetworkInterface[]>;
  ports(signal: AbortSignal): Awaitable<Port[]>;
  /** @throws NOT_FOUND when the query names a pid that does not exist. */
  processes(query: ProcessQuery, signal: AbortSignal): Awaitable<Process[]>;
  processCount(): Awaitable<number>;
  /** Undefined when the process does not exist or has ended. */
  processUsage(pid: number): Awaitable<ProcessUsage | undefined>;
  processors(): Awaitable<Processor[]>;
  processorTimes(): readonly ProcessorTimes[];
  system(): Awaitable<System>;
  temperatures(): Awaitable<Temperature[]>;
}

/**
 * Reads facts about this process and its child processes. It is separate from Platform because one-shot calls do not need
 * it and should not load it.
 */
export interface ChildProcesses {
  /**
   * Number of CPUs, possibly with a fraction, that the control groups of this process allow. Undefined without a limit,
   * and on systems other than Linux.
   */
  cpuQuota(): number | undefined;
  /** Maximum number of open descriptors of this process. Undefined without a limit, and on systems other than Linux. */
  descriptorLimit(): number | undefined;
  /**
   * Whether a process group has a running process. Zombies do not count on Linux. On other systems they cannot be
   * distinguished and do count. Always false on Windows, which has no process groups.
   */
  isGroupRunning(group: number): boolean;
  /** The process and its descendants. On systems other than Linux, only the process itself. */
  processFamily(pid: number): readonly number[];
  /** The processes of a session except its leader. Empty on systems other than Linux: no portable call lists them. */
  sessionMembers(leader: number): readonly number[];
}

/** What tells one process from another, and a running one from one that has ended. */
export interface ProcessLife {
  /** One letter, proc_pid_stat(5): `Z` and `X` have ended. */
  readonly state: string;
  readonly parent: number;
  /** Process group; 0 where it is not known. */
  readonly group: number;
  /** Clock ticks between boot and its start. A later process with the same pid has another one. */
  readonly start: number;
}

/** A child of this process. */
export interface EndedChild {
  readonly pid: number;
  readonly start: number;
}

/**
 * Reads facts about any process of the machine. It is separate from Platform because one-shot calls do not need it and
 * should not load it.
 */
export interface ProcessTable {
  /** A random identifier of this boot. Pids and start times are valid for one boot. Undefined on other systems than Linux. */
  bootId(): string | undefined;
  /**
   * Undefined when the process does not exist. On systems other than Linux every existing process is in the state `R`
   * and has the parent and the start 0: there no pid can be told from its reuse.
   * @throws the system's error if no descriptor is free to read it.
   */
  lifeOf(pid: number): ProcessLife | undefined;
  /**
   * The status of a process that has ended, and whose parent has not waited for it, as wait(2) reports it. Undefined for
   * any other process, for those of other users unless the caller is root, and on systems other than Linux.
   */
  exitStatusOf(pid: number): number | undefined;
  /** Children of this process that have ended and were not waited for. Empty on systems other than Linux. */
  endedChildren(): readonly EndedChild[];
  /**
   * Processes that were started with `NAME=value` in their environment, as far as this user may read it. Empty on
   * systems other than Linux.
   */
  withVariable(name: string, value: string): readonly number[];
}

/** A listening TCP socket. */
export interface ListeningAddress {
  readonly address: string;
  /** Identifies the socket in every process that has it: that of `socket:[…]` in /proc/PID/fd. */
  readonly inode: string;
}

/**
 * Reads facts about the TCP sockets of the machine, faster than `Platform.ports`, which also finds the process of each. On
 * systems other than Linux nothing is known.
 */
export interface TcpSockets {
  /** Local ports of all sockets, in any state. */
  portsInUse(): ReadonlySet<number>;
  listeningOn(port: number): Promise<readonly ListeningAddress[]>;
  /** A descriptor by which a process has the socket open. Undefined if it has none, or if this user may not look. */
  descriptorOf(pid: number, inode: string): number | undefined;
  /** The local ports that outgoing connections get. */
  ephemeralPorts(): readonly [first: number, last: number];
}
