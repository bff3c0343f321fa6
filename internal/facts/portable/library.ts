export {
  battery,
  blockDevices,
  cpu,
  cpuTemperature,
  fsSize,
  mem,
  networkConnections,
  networkStats,
  osInfo,
  processes,
} from "systeminformation";
