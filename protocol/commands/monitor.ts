import { command } from "../contract/command.ts";
import { defaulted, integer, number, object } from "../contract/schema.ts";

const since = "0.1.0";
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const percent = (description: string) => number({ minimum: 0, unit: "percent", description });
const timestamp = number({ minimum: 0, unit: "unix-seconds", description: "Includes fractions of a second." });

/** At least 0.1 s: CPU time is counted in steps of 10 ms, so a shorter interval would show only 0, 50 or 100 %. */
const span = {
  duration: defaulted(
    number({
      minimum: 0,
      maximum: 31_536_000,
      unit: "seconds",
      description: "How long to run; 0 for no limit.",
    }),
    60,
  ),
  interval: defaulted(
    number({ minimum: 0.1, maximum: 86_400, unit: "seconds", description: "Time between snapshots." }),
    1,
  ),
};

const result = object({
  snapshots: integer({ minimum: 0, description: "Snapshots sent." }),
  skipped: integer({ minimum: 0, description: "Snapshots skipped because the reader was behind." }),
});

export const system = command("monitor.system", {
  summary: "Report CPU, memory and process count of the machine at regular intervals.",
  description:
    "The machine is read once per interval for all callers with the same interval. A reader that is too slow misses " +
    "snapshots but always gets the newest one. The CPU usage is computed for each reader: it covers the time since " +
    "the previous snapshot that this reader got.",
  params: span,
  events: object({
    timestamp,
    cpu_usage: percent("Usage of all processors together."),
    memory_used: bytes("Total minus available memory."),
    memory_total: bytes("Installed memory."),
    swap_used: bytes("Swap in use."),
    process_count: integer({ minimum: 0 }),
    load_one: number({ minimum: 0, description: "Load average of the last minute; 0 on Windows." }),
  }),
  result,
  examples: [{ title: "Ten snapshots within a second", params: { duration: 1, interval: 0.1 } }],
  changes: false,
  since,
});

export const process = command("monitor.process", {
  summary: "Report CPU, memory and disk usage of a process at regular intervals.",
  description:
    "Monitoring also ends when the process ends, even if a new process gets the same id. Disk counters of other " +
    "users' processes require privileges; without privileges, and on systems other than Linux, the counters are 0.",
  params: {
    pid: integer({ minimum: 1, maximum: 4_294_967_295, description: "Process id." }),
    ...span,
  },
  positionals: ["pid"],
  events: object({
    timestamp,
    cpu_usage: percent("Usage of one processor since the previous snapshot."),
    memory: bytes("Resident memory."),
    disk_read: bytes("Bytes read from storage since the process started."),
    disk_write: bytes("Bytes written to storage since the process started."),
  }),
  result,
  errors: ["NOT_FOUND"],
  examples: [{ title: "Ten snapshots of process 1 within a second", params: { pid: 1, duration: 1, interval: 0.1 } }],
  changes: false,
  since,
});
