import type { Platform } from "../facts.ts";
import { readBattery } from "./battery.ts";
import { readDisks } from "./disks.ts";
import { readMemory } from "./memory.ts";
import { readNetworkInterfaces } from "./network-interfaces.ts";
import { readPorts } from "./ports.ts";
import { countProcesses, readProcessUsage } from "./process-usage.ts";
import { readProcesses } from "./processes.ts";
import { readProcessors, readProcessorTimes } from "./processors.ts";
import { readSystem } from "./system.ts";
import { readTemperatures } from "./temperatures.ts";

/** Facts from Node and systeminformation. The library starts programs of the platform for most of them. */
export const portable: Platform = {
  battery: readBattery,
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
  temperatures: readTemperatures,
};
