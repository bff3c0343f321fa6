import { command } from "../contract/command.ts";
import {
  anyOf,
  array,
  boolean,
  defaulted,
  integer,
  nothing,
  number,
  object,
  oneOf,
  optional,
  record,
  string,
} from "../contract/schema.ts";

const since = "0.1.0";
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const percent = (description: string) => number({ minimum: 0, unit: "percent", description });
const count = (description: string) => integer({ minimum: 0, description });

const memoryFields = {
  total: bytes("Installed memory."),
  available: bytes("What new work can have without swapping."),
  used: bytes("Total less available."),
  free: bytes("Memory that holds nothing at all."),
  usage_percent: percent("Used, of the total."),
  swap_total: bytes("Swap space."),
  swap_used: bytes("Swap in use."),
  swap_free: bytes("Swap not in use."),
  swap_percent: percent("Swap in use, of all swap; 0 without swap."),
};

export const info = command("sys.info", {
  summary: "The machine: names, versions, processor, memory, uptime, load.",
  params: {},
  result: object({
    hostname: string(),
    os_name: string({ description: "Such as `Debian GNU/Linux`, `macOS`, `Windows`." }),
    os_version: string({ description: "The system's own version, such as `12`." }),
    os_edition: string({ description: "The version's name or edition, empty when it has none." }),
    kernel_version: string(),
    architecture: string({ description: "As Node names it: `x64`, `arm64`, …" }),
    cpu_count: count("Logical processors."),
    cpu_brand: string(),
    cpu_vendor: string(),
    cpu_frequency: number({ unit: "MHz", description: "Of the first processor, now; 0 when not told." }),
    total_memory: bytes("Installed memory."),
    used_memory: bytes("Total less available."),
    available_memory: bytes("What new work can have without swapping."),
    total_swap: bytes("Swap space."),
    used_swap: bytes("Swap in use."),
    uptime: integer({ minimum: 0, unit: "seconds" }),
    boot_time: integer({ minimum: 0, unit: "unix-seconds" }),
    load_average: object({ one: number(), five: number(), fifteen: number() }),
  }),
  examples: [{ title: "About this machine", params: {} }],
  changes: false,
  since,
});

export const cpu = command("sys.cpu", {
  summary: "Every logical processor, with its usage.",
  description:
    "The usage is over a sample `interval` long. A service that was asked within the last 6 seconds answers at once, with " +
    "the usage since then, when that is at least `interval` ago.",
  params: {
    interval: defaulted(
      integer({ minimum: 10, maximum: 60_000, unit: "milliseconds", description: "Sample length." }),
      100,
    ),
  },
  result: array(
    object({
      name: string({ description: "`cpu0`, `cpu1`, …" }),
      vendor_id: string(),
      brand: string(),
      frequency: number({ unit: "MHz", description: "Now; 0 when not told." }),
      usage: percent("Of this processor, over the sample."),
      core_count: count("Physical cores of the machine."),
    }),
  ),
  examples: [{ title: "Usage per processor", params: {} }],
  changes: false,
  since,
});

export const memory = command("sys.memory", {
  summary: "Memory and swap.",
  params: {
    watch: defaulted(boolean({ description: "Accepted for older clients; the answer is one all the same." }), false),
  },
  result: object(memoryFields),
  examples: [{ title: "How full memory is", params: {} }],
  changes: false,
  since,
});

export const disks = command("sys.disks", {
  summary: "Mounted file systems with their space.",
  description:
    "Every mount point is listed, those of bind mounts and subvolumes too. Pseudo file systems without space of their own " +
    "(proc, sysfs, cgroup, …) are left out, and so is one that may not be asked or does not answer within a second.",
  params: {},
  result: array(
    object({
      name: string({ description: "The device." }),
      mount_point: string(),
      file_system: string({ description: "Such as `ext4`." }),
      total_space: bytes("The file system's size."),
      available_space: bytes("What a user without privileges can still fill."),
      used_space: bytes("In use."),
      usage_percent: percent("Used, of what users can have."),
      is_removable: boolean(),
      disk_type: oneOf(["SSD", "HDD", "Unknown"]),
    }),
  ),
  columns: ["mount_point", "name", "file_system", "total_space", "used_space", "available_space", "usage_percent"],
  examples: [{ title: "Space left", params: {} }],
  changes: false,
  since,
});

const networkInterface = object({
  name: string(),
  received: bytes("Since the interface came up."),
  transmitted: bytes("Since the interface came up."),
  packets_received: count("Packets in."),
  packets_transmitted: count("Packets out."),
  errors_received: count("Errors in."),
  errors_transmitted: count("Errors out."),
  mac_address: string(),
  ip_addresses: array(string({ description: "Without a prefix length." })),
});

export const network = command("sys.network", {
  summary: "Network interfaces, their counters, and the speed now.",
  description:
    "Speeds are over a sample `interval` long. A service that was asked within the last 6 seconds answers at once, with " +
    "the speed since then, when that is at least `interval` ago. With `interface`, that one's counters alone.",
  params: {
    interface: optional(string({ description: "Name of one interface." })),
    interval: defaulted(
      integer({ minimum: 10, maximum: 60_000, unit: "milliseconds", description: "Between the samples." }),
      100,
    ),
  },
  result: anyOf([
    object({
      total_received: bytes("Over all interfaces."),
      total_transmitted: bytes("Over all interfaces."),
      download_speed: number({ minimum: 0, unit: "bytes/s" }),
      upload_speed: number({ minimum: 0, unit: "bytes/s" }),
      interfaces: array(networkInterface),
    }),
    networkInterface,
  ]),
  errors: ["NOT_FOUND"],
  examples: [{ title: "All interfaces", params: {} }],
  changes: false,
  since,
});

export const processes = command("sys.processes", {
  summary: "Running processes.",
  description:
    "`cpu_usage` is the share of one processor that a process used: over at least 200 ms with `topCpu` or `pid`, over " +
    "its life otherwise. With both `topCpu` and `topMem`, the second narrows what the first left. The executable and the " +
    "disk counters of other users' processes need privileges; without them the counters are 0.",
  params: {
    pid: optional(integer({ minimum: 0, description: "That process alone." })),
    topCpu: optional(integer({ minimum: 1, description: "The n that use the processor most." })),
    topMem: optional(integer({ minimum: 1, description: "The n that hold most memory." })),
  },
  result: array(
    object({
      pid: count("Process id."),
      name: string(),
      exe: optional(string({ description: "The executable's path, where it may be read." })),
      cmd: array(string(), { description: "The command line; empty for kernel threads and zombies." }),
      cpu_usage: percent("Of one processor."),
      memory: bytes("Resident memory."),
      virtual_memory: bytes("Address space."),
      status: oneOf(["Running", "Sleeping", "Waiting", "Stopped", "Zombie", "Idle", "Dead", "Unknown"]),
      start_time: integer({ minimum: 0, unit: "unix-seconds" }),
      run_time: integer({ minimum: 0, unit: "seconds" }),
      parent_pid: optional(count("Parent's process id.")),
      user_id: optional(string({ description: "Numeric user id, as text." })),
      disk_read: bytes("Read from storage since its start."),
      disk_write: bytes("Written to storage since its start."),
    }),
  ),
  columns: ["pid", "name", "status", "cpu_usage", "memory", "run_time", "cmd"],
  errors: ["NOT_FOUND"],
  examples: [{ title: "What uses most memory", params: { topMem: 3 } }],
  changes: false,
  since,
});

export const kill = command("sys.kill", {
  summary: "End a process by id, or all processes of an exact name.",
  description:
    "Give one of `pid` and `name`. The signal is SIGTERM unless said otherwise. The calling process, the service and the " +
    "ancestors of both are never ended by name. Of several processes of a name all are tried before one that belongs to " +
    "another user is told as DENIED.",
  params: {
    pid: optional(integer({ minimum: 1, maximum: 2_147_483_647, description: "Process id." })),
    name: optional(string({ minLength: 1, description: "The exact process name." })),
    signal: defaulted(
      oneOf(["SIGTERM", "SIGKILL", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGSTOP", "SIGCONT"]),
      "SIGTERM",
    ),
  },
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "By exact name", params: { name: "xsys-sleeper" } }],
  changes: true,
  since,
});

export const ports = command("sys.ports", {
  summary: "TCP and UDP sockets with their state and process.",
  description: "Process ids of other users' sockets need privileges and are left out without them.",
  params: {},
  result: array(
    object({
      protocol: oneOf(["tcp", "tcp6", "udp", "udp6"]),
      local_address: string(),
      local_port: count("Local port."),
      remote_address: string(),
      remote_port: count("Remote port; 0 when not connected."),
      state: string({ description: "`LISTEN`, `ESTABLISHED`, `TIME_WAIT`, …; an unconnected UDP socket is `NONE`." }),
      pid: optional(count("The process that holds it.")),
    }),
  ),
  examples: [{ title: "What listens here", params: {} }],
  changes: false,
  since,
});

export const temp = command("sys.temp", {
  summary: "Temperature sensors.",
  params: {},
  result: array(
    object({
      label: string({ description: "Chip and sensor." }),
      sensor: string({ description: "The same as `label`, for older clients." }),
      current: number({ description: "Degrees Celsius." }),
      value: number({ description: "The same as `current`, for older clients." }),
      max: optional(number({ description: "Degrees Celsius." })),
      critical: optional(number({ description: "Degrees Celsius." })),
    }),
  ),
  columns: ["label", "current", "max", "critical"],
  examples: [{ title: "How warm it is", params: {} }],
  changes: false,
  since,
});

export const battery = command("sys.battery", {
  summary: "The first battery, or that there is none.",
  params: {},
  result: object({
    state: oneOf(["Charging", "Discharging", "Full", "Empty", "Unknown"]),
    percentage: percent("Charge."),
    time_to_full: optional(integer({ minimum: 0, unit: "seconds" })),
    time_to_empty: optional(integer({ minimum: 0, unit: "seconds" })),
    power_consumption: number({ minimum: 0, description: "Watts." }),
    is_present: boolean(),
    technology: string(),
    vendor: string(),
    model: string(),
    serial: string(),
  }),
  examples: [{ title: "Charge left", params: {} }],
  changes: false,
  since,
});

export const health = command("sys.health", {
  summary: "One score for how much room the machine has.",
  description:
    "100 less what is lost by processor load, memory and the fullest disk: each costs nothing up to 70 % use and up to a " +
    "third of the score at 100 %. Windows has no load average, so that processors cost nothing there.",
  params: {},
  result: object({
    score: integer({ minimum: 0, maximum: 100 }),
    cpu_percent: percent("Load of the last minute, of all processors; at most 100."),
    memory_percent: percent("Memory in use."),
    disk_percent: percent("The fullest local disk."),
  }),
  examples: [{ title: "The score", params: {} }],
  changes: false,
  since,
});

export const user = command("sys.user", {
  summary: "The user that the service, or the command, runs as.",
  params: {},
  result: object({
    username: string({ description: "The numeric id as text when it has no name." }),
    uid: integer({ description: "-1 on Windows." }),
    gid: integer({ description: "-1 on Windows." }),
    home: string(),
    shell: string({ description: "Empty when it has none." }),
  }),
  examples: [{ title: "Who am I", params: {} }],
  changes: false,
  since,
});

export const homeDir = command("sys.home-dir", {
  summary: "The home folder of that user.",
  params: {},
  result: string(),
  examples: [{ title: "Where is home", params: {} }],
  changes: false,
  since,
});

export const env = command("sys.env", {
  summary: "Environment variables of the service or the command.",
  description: "Without a name, all of them.",
  params: { name: optional(string({ description: "One variable." })) },
  positionals: ["name"],
  result: record(string()),
  errors: ["NOT_FOUND"],
  examples: [{ title: "One variable", params: { name: "PATH" } }],
  changes: false,
  since,
});

export const paths = command("sys.paths", {
  summary: "Well-known folders.",
  params: {},
  result: object({
    root: string({ description: "What relative paths are taken from." }),
    cwd: string(),
    home: string(),
    temp: string(),
    config: string(),
    data: string(),
    cache: string(),
    executable: string(),
    path: array(string(), { description: "Folders of the PATH variable." }),
  }),
  examples: [{ title: "Where things are", params: {} }],
  changes: false,
  since,
});

export const quick = command("sys.quick", {
  summary: "A short summary: names, load, memory, disk, uptime.",
  params: {},
  result: object({
    hostname: string(),
    os: string(),
    cpu_count: count("Logical processors."),
    load_one: number({ description: "Load average of the last minute." }),
    memory_total: bytes("Installed memory."),
    memory_used: bytes("Total less available."),
    memory_percent: percent("Memory in use."),
    disk_percent: percent("The disk that holds the root."),
    uptime: integer({ minimum: 0, unit: "seconds" }),
  }),
  examples: [{ title: "At a glance", params: {} }],
  changes: false,
  since,
});
