import type {
  Battery,
  Disk,
  Memory,
  NetworkInterface,
  Port,
  Process,
  Processor,
  ProcessorTimes,
  ProcessQuery,
  ProcessUsage,
  System,
  Temperature,
} from "./facts.ts";
import { linux } from "./linux/platform.ts";
import { portable } from "./portable/platform.ts";

type Awaitable<T> = T | Promise<T>;

/** Where facts about the machine come from. */
export interface Platform {
  battery(): Awaitable<Battery>;
  /** File systems that have space of their own. One that cannot be asked is left out. */
  disks(): Awaitable<Disk[]>;
  memory(): Awaitable<Memory>;
  networkInterfaces(): Awaitable<NetworkInterface[]>;
  ports(signal: AbortSignal): Awaitable<Port[]>;
  /** NOT_FOUND when the query names a process that is not there. */
  processes(query: ProcessQuery, signal: AbortSignal): Awaitable<Process[]>;
  processCount(): Awaitable<number>;
  /** Undefined when there is no such process, or no more. */
  processUsage(pid: number): Awaitable<ProcessUsage | undefined>;
  processors(): Awaitable<Processor[]>;
  processorTimes(): readonly ProcessorTimes[];
  system(): Awaitable<System>;
  temperatures(): Awaitable<Temperature[]>;
}

/** The one place where the platform is chosen: /proc and /sys on Linux, systeminformation on macOS, Windows and others. */
export const platform: Platform = process.platform === "linux" ? linux : portable;
