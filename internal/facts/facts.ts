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
