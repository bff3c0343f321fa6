import { command } from "../contract/command.ts";
import { defaulted, integer, number, object } from "../contract/schema.ts";

const since = "0.1.0";
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const percent = (description: string) => number({ minimum: 0, unit: "percent", description });
const timestamp = number({ minimum: 0, unit: "unix-seconds", description: "With fractions." });

/** 0.1 s: a processor's time is counted in steps of 10 ms, so that less would show 0, 50 or 100 %. */
const span = {
  duration: defaulted(
    number({ minimum: 0, maximum: 31_536_000, unit: "seconds", description: "How long; 0 is until it is cancelled." }),
    60,
  ),
  interval: defaulted(
    number({ minimum: 0.1, maximum: 86_400, unit: "seconds", description: "From one snapshot to the next." }),
    1,
  ),
};

const result = object({
  snapshots: integer({ minimum: 0, description: "Sent." }),
  skipped: integer({ minimum: 0, description: "Left out, because whoever reads was behind." }),
});

export const system = command("monitor.system", {
  summary: "Follow the machine: processor, memory and processes, a snapshot in every interval.",
  description:
    "All who follow share one reading: snapshots of one interval are taken at the same moments, however many ask. Whoever " +
    "is behind misses snapshots and does not get old ones; the processor's usage is then over the time since the last one " +
    "sent.",
  params: span,
  events: object({
    timestamp,
    cpu_usage: percent("Of all processors together."),
    memory_used: bytes("Total less available."),
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
  summary: "Follow a process until it ends: processor, memory and disk, a snapshot in every interval.",
  description:
    "It ends with the process, too, and does not go on with a later one of the same id. Disk counters of other users' " +
    "processes need privileges; without them, and on systems other than Linux, they are 0.",
  params: {
    pid: integer({ minimum: 1, maximum: 4_294_967_295, description: "The process." }),
    ...span,
  },
  positionals: ["pid"],
  events: object({
    timestamp,
    cpu_usage: percent("Of one processor, since the snapshot before."),
    memory: bytes("Resident."),
    disk_read: bytes("Read from storage since it started."),
    disk_write: bytes("Written to storage since it started."),
  }),
  result,
  errors: ["NOT_FOUND"],
  examples: [
    { title: "Ten snapshots within a second of the first process", params: { pid: 1, duration: 1, interval: 0.1 } },
  ],
  changes: false,
  since,
});
