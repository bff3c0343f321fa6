import type { Params, Result } from "../../protocol/commands/index.ts";

export type Memory = Result<"sys.memory">;
export type Disk = Result<"sys.disks">[number];
export type NetworkInterface = Extract<Result<"sys.network">, { name: string }>;
export type Process = Result<"sys.processes">[number];
export type Port = Result<"sys.ports">[number];
export type Temperature = Result<"sys.temp">[number];
export type Battery = Result<"sys.battery">;

/** What a logical processor is. */
export type Processor = Omit<Result<"sys.cpu">[number], "usage">;

/** What a logical processor did since the machine started, in any unit of time. */
export interface ProcessorTimes {
  /** `cpu0`, `cpu1`, … */
  readonly name: string;
  readonly busy: number;
  readonly total: number;
}

/** The operating system's names, and when it started. */
export type System = Pick<Result<"sys.info">, "os_name" | "os_version" | "os_edition" | "boot_time">;

/** Which processes are asked for. */
export type ProcessQuery = Params<"sys.processes">;

/** What a process has used up to now. */
export interface ProcessUsage {
  /** Tells the process from a later one of the same id. */
  readonly start: number;
  /** Processor time in seconds, or, where the platform tells only that, the usage since it was last asked in percent. */
  readonly cpu: { readonly seconds: number } | { readonly percent: number };
  /** Bytes, resident. */
  readonly memory: number;
  /** Bytes that reached storage. */
  readonly disk_read: number;
  readonly disk_write: number;
}

type Awaitable<T> = T | Promise<T>;

/** Where facts about the machine come from. */
export interface Platform {
  battery(): Awaitable<Battery>;
  /** Maximum number of open descriptors of this process. Undefined without a limit, and elsewhere than on Linux. */
  descriptorLimit(): number | undefined;
  /** File systems that have space of their own. One that cannot be asked is left out. */
  disks(): Awaitable<Disk[]>;
  /**
   * Whether a process group has a running process, which a zombie is not. Only Linux can tell zombies apart; elsewhere
   * they count as running. Always false on Windows, which has no process groups.
   */
  isGroupRunning(group: number): boolean;
  memory(): Awaitable<Memory>;
  networkInterfaces(): Awaitable<NetworkInterface[]>;
  ports(signal: AbortSignal): Awaitable<Port[]>;
  /** NOT_FOUND when the query names a process that is not there. */
  processes(query: ProcessQuery, signal: AbortSignal): Awaitable<Process[]>;
  processCount(): Awaitable<number>;
  /** The process and its descendants. Elsewhere than on Linux, the process alone. */
  processFamily(pid: number): readonly number[];
  /** Undefined when there is no such process, or no more. */
  processUsage(pid: number): Awaitable<ProcessUsage | undefined>;
  processors(): Awaitable<Processor[]>;
  processorTimes(): readonly ProcessorTimes[];
  /** The processes of a session except its leader. Elsewhere than on Linux, none: no portable call lists them. */
  sessionMembers(leader: number): readonly number[];
  system(): Awaitable<System>;
  temperatures(): Awaitable<Temperature[]>;
}
