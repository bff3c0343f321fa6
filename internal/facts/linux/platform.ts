import type { Platform } from "../facts.ts";
import { readBattery } from "./battery.ts";
import { readDisks } from "./disks.ts";
import { readMemory } from "./memory.ts";
import { readNetworkInterfaces } from "./network-interfaces.ts";
import { readPorts } from "./ports.ts";
import { readProcessUsage } from "./process-usage.ts";
import { countProcesses, readProcesses } from "./processes.ts";
import { readProcessorTimes } from "./processor-times.ts";
import { readProcessors } from "./processors.ts";
import { readSystem } from "./system.ts";
import { readTemperatures } from "./temperatures.ts";

/** Facts from /proc and /sys. No program is started. */
export const linux: Platform = {
  battery: () => readBattery(),
  disks: readDisks,
  memory: readMemory,
  networkInterfaces: readNetworkInterfaces,
  ports: readPorts,
  processes: readProcesses,
  processCount: countProcesses,
  processUsage: readProcessUsage,
  processors: readProcessors,
  processorTimes: readProcessorTimes,
  system: readSystem,
  temperatures: () => readTemperatures(),
};
