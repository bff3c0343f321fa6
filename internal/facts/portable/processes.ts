import { join } from "node:path";
import { platform } from "node:process";
import type { Systeminformation } from "systeminformation";
import { XsysError } from "../../../protocol/errors.ts";
import type { Process, ProcessQuery } from "../facts.ts";
import { twoDecimals } from "../percent.ts";
import { systeminformation, whole } from "./systeminformation.ts";

/** The library reports no disk counters and no user ids. It measures the usage between two of its calls. */
export async function readProcesses({ pid, topCpu, topMem }: ProcessQuery): Promise<Process[]> {
  let found = (await (await systeminformation()).processes()).list.map(toProcess);
  if (pid !== undefined) found = found.filter((process) => process.pid === pid);
  if (pid !== undefined && found.length === 0) {
    throw new XsysError("NOT_FOUND", `sys.processes: there is no process ${pid}`, { details: { pid } });
  }
  if (topCpu !== undefined) found = found.toSorted((a, b) => b.cpu_usage - a.cpu_usage).slice(0, topCpu);
  return topMem === undefined ? found : found.toSorted((a, b) => b.memory - a.memory).slice(0, topMem);
}

function toProcess(process: Systeminformation.ProcessesProcessData): Process {
  const started = whole(Date.parse(process.started) / 1000);
  return {
    pid: process.pid,
    name: process.name,
    ...executable(process),
    cmd: `${process.command} ${process.params}`.split(" ").filter((word) => word !== ""),
    cpu_usage: twoDecimals(Math.max(0, process.cpu)),
    memory: whole(process.memRss) * 1024,
    virtual_memory: whole(process.memVsz) * 1024,
    status: STATES[process.state] ?? "Unknown",
    start_time: started,
    run_time: started === 0 ? 0 : Math.max(0, Math.floor(Date.now() / 1000) - started),
    parent_pid: whole(process.parentPid),
    disk_read: 0,
    disk_write: 0,
  };
}

/** The library's `path` is the executable on Windows, and its folder elsewhere. */
function executable({ path, command }: Systeminformation.ProcessesProcessData): { exe?: string } {
  if (path === "") return {};
  return { exe: platform === "win32" ? path : join(path, command) };
}

/** States by the library's names. Those that only Windows has are reported as Unknown. */
const STATES: Readonly<Record<string, Process["status"]>> = {
  running: "Running",
  sleeping: "Sleeping",
  blocked: "Waiting",
  waiting: "Waiting",
  stopped: "Stopped",
  zombie: "Zombie",
  idle: "Idle",
  dead: "Dead",
};
