import type { Platform } from "../facts.ts";
import { readBattery } from "./battery.ts";
import { readDescriptorLimit } from "./descriptor-limit.ts";
import { readDisks } from "./disks.ts";
import { readMemory } from "./memory.ts";
import { readNetworkInterfaces } from "./network-interfaces.ts";
import { readPorts } from "./ports.ts";
import { readProcessFamily } from "./process-family.ts";
import { isGroupRunning } from "./process-group.ts";
import { readProcessUsage } from "./process-usage.ts";
import { countProcesses, readProcesses } from "./processes.ts";
import { readProcessorTimes } from "./processor-times.ts";
import { readProcessors } from "./processors.ts";
import { readSessionMembers } from "./session-members.ts";
import { readSystem } from "./system.ts";
import { readTemperatures } from "./temperatures.ts";

/** Facts from /proc and /sys. No program is started. */
export const linux: Platform = {
  battery: () => readBattery(),
  descriptorLimit: readDescriptorLimit,
  disks: readDisks,
  isGroupRunning,
  memory: readMemory,
  networkInterfaces: readNetworkInterfaces,
  ports: readPorts,
  processes: readProcesses,
  processCount: countProcesses,
  processFamily: readProcessFamily,
  processUsage: readProcessUsage,
  processors: readProcessors,
  processorTimes: readProcessorTimes,
  sessionMembers: readSessionMembers,
  system: readSystem,
  temperatures: () => readTemperatures(),
};
