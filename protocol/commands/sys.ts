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

const sampled = (what: string) =>
  `The ${what} is measured over \`interval\`. If the service has a recent sample, the command does not wait: it ` +
  "returns the average since that sample. A sample is recent if its age is at least `interval`, and at most 6 s or " +
  "twice `interval`, whichever is longer.";

const memoryFields = {
  total: bytes("Installed memory."),
  available: bytes("Memory available without swapping."),
  used: bytes("Total minus available memory."),
  free: bytes("Unused memory."),
  usage_percent: percent("Used share of the total."),
  swap_total: bytes("Swap space."),
  swap_used: bytes("Swap in use."),
  swap_free: bytes("Swap not in use."),
  swap_percent: percent("Used share of the swap space; 0 without swap."),
};

export const info = command("sys.info", {
  summary: "Show host name, operating system, processor, memory, uptime and load.",
  params: {},
  result: object({
    hostname: string(),
    os_name: string({ description: "Such as `Debian GNU/Linux`, `macOS`, `Windows`." }),
    os_version: string({ description: "Version of the operating system, such as `12`." }),
    os_edition: string({ description: "Name or edition of the version; empty if the version has none." }),
    kernel_version: string(),
    architecture: string({ description: "Architecture by its name in Node: `x64`, `arm64`, …" }),
    cpu_count: count("Logical processors."),
    cpu_brand: string(),
    cpu_vendor: string(),
    cpu_frequency: number({ unit: "MHz", description: "Current frequency of the first processor; 0 if unknown." }),
    total_memory: bytes("Installed memory."),
    used_memory: bytes("Total minus available memory."),
    available_memory: bytes("Memory available without swapping."),
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
  summary: "Show the usage of each logical processor.",
  description: sampled("usage"),
  params: {
    interval: defaulted(
      integer({ minimum: 10, maximum: 60_000, unit: "milliseconds", description: "Length of the measurement." }),
      100,
    ),
  },
  result: array(
    object({
      name: string({ description: "`cpu0`, `cpu1`, …" }),
      vendor_id: string(),
      brand: string(),
      frequency: number({ unit: "MHz", description: "Current frequency; 0 if unknown." }),
      usage: percent("Usage of this processor over the sample."),
      core_count: count("Physical cores of the machine."),
    }),
  ),
  examples: [{ title: "Usage per processor", params: {} }],
  changes: false,
  since,
});

export const memory = command("sys.memory", {
  summary: "Show memory and swap usage.",
  params: {
    watch: defaulted(
      boolean({ description: "No effect; accepted because XyPriss's client sends it. There is only one answer." }),
      false,
    ),
  },
  result: object(memoryFields),
  examples: [{ title: "Memory usage", params: {} }],
  changes: false,
  since,
});

export const disks = command("sys.disks", {
  summary: "List mounted file systems with their space.",
  description:
    "Every mount point is listed, including bind mounts and subvolumes. Pseudo file systems without space of their " +
    "own (proc, sysfs, cgroup, …) are omitted, as are file systems that the caller may not query, or that do not " +
    "respond within a second.",
  params: {},
  result: array(
    object({
      name: string({ description: "Device." }),
      mount_point: string(),
      file_system: string({ description: "Such as `ext4`." }),
      total_space: bytes("Size of the file system."),
      available_space: bytes("Space available to unprivileged users."),
      used_space: bytes("Used space."),
      usage_percent: percent("Used share of the space that unprivileged users can use."),
      is_removable: boolean(),
      disk_type: oneOf(["SSD", "HDD", "Unknown"]),
    }),
  ),
  columns: ["mount_point", "name", "file_system", "total_space", "used_space", "available_space", "usage_percent"],
  examples: [{ title: "Disk space", params: {} }],
  changes: false,
  since,
});

const networkInterface = object({
  name: string(),
  received: bytes("Bytes received since the interface came up."),
  transmitted: bytes("Bytes sent since the interface came up."),
  packets_received: count("Packets received."),
  packets_transmitted: count("Packets sent."),
  errors_received: count("Errors when receiving."),
  errors_transmitted: count("Errors when sending."),
  mac_address: string(),
  ip_addresses: array(string({ description: "Address without a prefix length." })),
});

export const network = command("sys.network", {
  summary: "Show network interfaces with their counters and current speed.",
  description: `${sampled("speed")} With \`interface\`, only the counters of that interface are returned.`,
  params: {
    interface: optional(string({ description: "Name of an interface." })),
    interval: defaulted(
      integer({ minimum: 10, maximum: 60_000, unit: "milliseconds", description: "Length of the measurement." }),
      100,
    ),
  },
  result: anyOf([
    object({
      total_received: bytes("Total of all interfaces."),
      total_transmitted: bytes("Total of all interfaces."),
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
  summary: "List running processes.",
  description:
    "`cpu_usage` is the share of one processor that a process used. With `topCpu` or `pid` it is measured over at " +
    "least 200 ms; otherwise it is the average over the lifetime of the process. If both `topCpu` and `topMem` are " +
    "given, `topMem` selects from the processes that `topCpu` returns. The disk counters and the path of the " +
    "executable of other users' processes require privileges; without privileges, the counters are 0 and the path is " +
    "absent.",
  params: {
    pid: optional(integer({ minimum: 0, description: "Only the process with this id." })),
    topCpu: optional(integer({ minimum: 1, description: "Only the N processes with the highest CPU usage." })),
    topMem: optional(integer({ minimum: 1, description: "Only the N processes with the most memory." })),
  },
  result: array(
    object({
      pid: count("Process id."),
      name: string(),
      exe: optional(string({ description: "Path of the executable, if it may be read." })),
      cmd: array(string(), { description: "Command line; empty for kernel threads and zombies." }),
      cpu_usage: percent("Usage of one processor."),
      memory: bytes("Resident memory."),
      virtual_memory: bytes("Virtual memory."),
      status: oneOf(["Running", "Sleeping", "Waiting", "Stopped", "Zombie", "Idle", "Dead", "Unknown"]),
      start_time: integer({ minimum: 0, unit: "unix-seconds" }),
      run_time: integer({ minimum: 0, unit: "seconds" }),
      parent_pid: optional(count("Process id of the parent.")),
      user_id: optional(string({ description: "Numeric user id, as text." })),
      disk_read: bytes("Bytes read from storage since the process started."),
      disk_write: bytes("Bytes written to storage since the process started."),
    }),
  ),
  columns: ["pid", "name", "status", "cpu_usage", "memory", "run_time", "cmd"],
  errors: ["NOT_FOUND"],
  examples: [{ title: "The three with the most memory", params: { topMem: 3 } }],
  changes: false,
  since,
});

export const kill = command("sys.kill", {
  summary: "End a process by id, or all processes with an exact name.",
  description:
    "Specify either `pid` or `name`. The default signal is SIGTERM. The calling process, the service and the " +
    "ancestors of both are never ended by name. If several processes match the name, the signal is sent to each one " +
    "that the caller is allowed to signal; if the caller is not allowed to signal all of them, the command then " +
    "fails with DENIED.",
  params: {
    pid: optional(integer({ minimum: 1, maximum: 2_147_483_647, description: "Process id." })),
    name: optional(string({ minLength: 1, description: "Exact process name." })),
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
  summary: "List TCP and UDP sockets with their state and process.",
  description: "The process ids of other users' sockets require privileges; without privileges, they are absent.",
  params: {},
  result: array(
    object({
      protocol: oneOf(["tcp", "tcp6", "udp", "udp6"]),
      local_address: string(),
      local_port: count("Local port."),
      remote_address: string(),
      remote_port: count("Remote port; 0 if the socket is not connected."),
      state: string({ description: "`LISTEN`, `ESTABLISHED`, `TIME_WAIT`, …; an unconnected UDP socket is `NONE`." }),
      pid: optional(count("Id of the process that owns the socket.")),
    }),
  ),
  examples: [{ title: "All sockets", params: {} }],
  changes: false,
  since,
});

export const temp = command("sys.temp", {
  summary: "Show temperature sensors.",
  params: {},
  result: array(
    object({
      label: string({ description: "Names of chip and sensor." }),
      sensor: string({ description: "The same as `label`, because XyPriss's engines use both names." }),
      current: number({ description: "Degrees Celsius." }),
      value: number({ description: "The same as `current`, because XyPriss's engines use both names." }),
      max: optional(number({ description: "Degrees Celsius." })),
      critical: optional(number({ description: "Degrees Celsius." })),
    }),
  ),
  columns: ["label", "current", "max", "critical"],
  examples: [{ title: "All sensors", params: {} }],
  changes: false,
  since,
});

export const battery = command("sys.battery", {
  summary: "Show the state of the first battery, if there is one.",
  params: {},
  result: object({
    state: oneOf(["Charging", "Discharging", "Full", "Empty", "Unknown"]),
    percentage: percent("Charge level."),
    time_to_full: optional(integer({ minimum: 0, unit: "seconds" })),
    time_to_empty: optional(integer({ minimum: 0, unit: "seconds" })),
    power_consumption: number({ minimum: 0, description: "Watts." }),
    is_present: boolean(),
    technology: string(),
    vendor: string(),
    model: string(),
    serial: string(),
  }),
  examples: [{ title: "Battery state", params: {} }],
  changes: false,
  since,
});

export const health = command("sys.health", {
  summary: "Show a score from 0 to 100 for the free capacity of processor, memory and disks.",
  description:
    "The score is 100 minus a deduction for each of these: processor load, memory, the fullest disk. Each deduction " +
    "is 0 up to 70 % usage and rises to 33.3 points at 100 % usage. Windows has no load average, so there " +
    "is no deduction for processor load on Windows.",
  params: {},
  result: object({
    score: integer({ minimum: 0, maximum: 100 }),
    cpu_percent: percent("Load of all processors in the last minute; at most 100."),
    memory_percent: percent("Memory in use."),
    disk_percent: percent("Usage of the fullest local disk."),
  }),
  examples: [{ title: "The score", params: {} }],
  changes: false,
  since,
});

export const user = command("sys.user", {
  summary: "Show the user who runs this command or, with --connect, the user who runs the service.",
  params: {},
  result: object({
    username: string({ description: "Numeric id as text if the user has no name." }),
    uid: integer({ description: "-1 on Windows." }),
    gid: integer({ description: "-1 on Windows." }),
    home: string(),
    shell: string({ description: "Empty if the user has none." }),
  }),
  examples: [{ title: "Current user", params: {} }],
  changes: false,
  since,
});

export const homeDir = command("sys.home-dir", {
  summary:
    "Show the home directory of the user who runs this command or, with --connect, of the user who runs the service.",
  params: {},
  result: string(),
  examples: [{ title: "Home directory", params: {} }],
  changes: false,
  since,
});

export const env = command("sys.env", {
  summary: "Show environment variables of this command or, with --connect, of the service.",
  description: "Without a name, all variables are returned.",
  params: { name: optional(string({ description: "Name of a variable." })) },
  positionals: ["name"],
  result: record(string()),
  errors: ["NOT_FOUND"],
  examples: [{ title: "One variable", params: { name: "PATH" } }],
  changes: false,
  since,
});

export const paths = command("sys.paths", {
  summary: "Show well-known directories.",
  params: {},
  result: object({
    root: string({ description: "Directory against which relative paths are resolved." }),
    cwd: string(),
    home: string(),
    temp: string(),
    config: string(),
    data: string(),
    cache: string(),
    executable: string(),
    path: array(string(), { description: "Directories of the PATH variable." }),
  }),
  examples: [{ title: "Well-known directories", params: {} }],
  changes: false,
  since,
});

export const quick = command("sys.quick", {
  summary: "Show a short summary of load, memory, disk and uptime.",
  params: {},
  result: object({
    hostname: string(),
    os: string(),
    cpu_count: count("Logical processors."),
    load_one: number({ description: "Load average of the last minute." }),
    memory_total: bytes("Installed memory."),
    memory_used: bytes("Total minus available memory."),
    memory_percent: percent("Memory in use."),
    disk_percent: percent("Usage of the disk that contains the root."),
    uptime: integer({ minimum: 0, unit: "seconds" }),
  }),
  examples: [{ title: "At a glance", params: {} }],
  changes: false,
  since,
});
