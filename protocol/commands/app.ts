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
  path,
  record,
  string,
} from "../contract/schema.ts";

const since = "0.3.0";
const count = (description: string) => integer({ minimum: 0, description });
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const seconds = (description: string) => number({ minimum: 0, unit: "seconds", description });
/** Numbers with a unit are accepted as texts, too: `30s`, `512M`. */
const duration = (description: string) =>
  anyOf([number({ minimum: 0, unit: "milliseconds" }), string({ minLength: 1, maxLength: 32 })], {
    description: `${description} Milliseconds, or a text such as \`30s\`.`,
  });
const size = (description: string) =>
  anyOf([number({ minimum: 1, unit: "bytes" }), string({ minLength: 1, maxLength: 32 })], {
    description: `${description} Bytes, or a text such as \`512M\`.`,
  });
const name = string({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description: "Name of the app." });

const clone = object({
  id: string(),
  role: oneOf(["active", "standby"], {
    description: "A standby receives no work until it replaces an active clone.",
  }),
  state: oneOf(["starting", "ready", "draining", "stopped", "crashed", "backing-off", "hopeless"], {
    description:
      "`backing-off`: it is started again after a pause. `stopped`: also if it has ended as it should (`--no-autorestart` " +
      "with exit code 0, or `--stop-exit-codes`). `crashed`: it has ended in another way and is not started again. `hopeless`: it is no longer started (`--max-restarts`).",
  }),
  replacing: boolean({ description: "A replacement for this process is being started." }),
  pid: optional(integer()),
  uptime: optional(seconds("Time since the process started.")),
  memory: optional(bytes("Resident memory of the process and its children, at the last check.")),
  cpu: optional(
    number({ minimum: 0, unit: "percent", description: "CPU usage in percent of one processor, at the last check." }),
  ),
  restarts: count("Processes started for this clone after the first."),
  last_end: optional(string({ description: "How the last process that ended unexpectedly did so." })),
  failed_starts: count("Consecutive starts that failed."),
  reason: optional(string({ description: "Why the last start failed." })),
  next_start: optional(seconds("Time until the next start, in the state `backing-off`.")),
});

const difference = {
  name: string(),
  fields: array(
    object({
      field: string(),
      from: optional(string({ description: "Absent if it is added. Secrets are masked." })),
      to: optional(string({ description: "Absent if it is removed." })),
    }),
  ),
};

const appState = oneOf(["running", "degraded", "starting", "failing", "stopped", "unreadable"], {
  description:
    "`running`: all clones are ready. `degraded`: some are. `starting`: none is ready yet. `failing`: none is ready, " +
    "and the last start failed. `unreadable`: its stored state cannot be read; see `faults`.",
});

const app = object({
  name: string(),
  state: appState,
  clones: count("Number of clones that should do the work."),
  ready: count("Those that are ready."),
  address: optional(string({ description: "host:port of the listening socket." })),
  command: array(string()),
  cwd: string(),
  front: oneOf(["none", "socket", "frames", "proxy"]),
  restarts: count("Processes that were started to replace others, since the keeper started."),
  crashes: count("Unexpected ends since the keeper started."),
  reason: optional(string({ description: "Why the last start failed, or what it waits for." })),
  members: array(clone),
  watches: optional(array(string(), { description: "Files and directories that it is restarted for (`--watch`)." })),
  next_time: optional(
    number({ minimum: 0, unit: "unix-seconds", description: "When it is restarted or started again by `--cron`." }),
  ),
  faults: array(string(), { description: "What is wrong with its stored state, its log or its watched files." }),
});

const OVERVIEW = [
  "name",
  "state",
  "ready",
  "clones",
  "restarts",
  "crashes",
  "address",
  "next_time",
  "reason",
  "faults",
] as const;

const KEEPER =
  "The keeper runs the apps: a process that is started with the first app, outlives every service and terminal, and is " +
  "replaced at once when it dies, without any effect on the apps.";

export const start = command("app.start", {
  summary: "Start a program and keep it running, or start a known app again.",
  description:
    "The entry is a script, a program, a command line in quotes, or the name of an app that was started before. A script " +
    "is run by the interpreter for its file name extension: Node, python3, sh and so on. What is started is saved: it " +
    "runs until `app stop`, also after a restart of the machine (`startup`). A process that ends is started again at " +
    "once, and if it keeps failing, after pauses of up to 30 s.\n\nThe command waits until each clone has run for " +
    "`stable-for`. If one does not, it fails with the reason; the app is retried all the same. If the app runs " +
    "already, it gets the new settings. If that needs new clones and they do not start, the old ones keep running.\n\n" +
    "Words after `--` are arguments of the app: `xsys app start server.js -- --verbose`.\n\n" +
    KEEPER,
  params: {
    entry: string({
      minLength: 1,
      maxLength: 32_767,
      description: "Script, program, command line, or name of a known app.",
    }),
    args: defaulted(array(string(), { description: "Arguments of the app." }), []),
    name: optional(
      string({ minLength: 1, maxLength: 64, description: "Default: from package.json, or the name of the file." }),
    ),
    cwd: optional(path({ description: "Working directory; by default the current one." })),
    env: optional(record(string(), { description: 'Environment variables: a JSON object, such as `{"A":"1"}`.' })),
    envFile: optional(path({ description: "File of `NAME=value` lines. It is read at each start." })),
    interpreter: optional(string({ description: "Program that runs the entry; `none` to run the entry itself." })),
    nodeArgs: optional(string({ description: "Options of the interpreter, such as `--max-old-space-size=512`." })),
    port: optional(
      integer({
        minimum: 1,
        maximum: 65_535,
        description:
          "TCP port that the keeper listens on: no connection is refused while processes are replaced. A Node application " +
          "needs no change; other programs get the listening socket as descriptor 3 (`LISTEN_FDS`, as from systemd), or have " +
          "the front `proxy`.",
      }),
    ),
    host: optional(
      string({ description: "Address for `port`. Default: 127.0.0.1; `0.0.0.0` for all of IPv4, `::` for all." }),
    ),
    clones: defaulted(
      anyOf([integer({ minimum: -256, maximum: 256 }), oneOf(["max"])], {
        description: "Number of processes. `max`: one for each CPU that may be used; -1: one less.",
      }),
      1,
    ),
    front: optional(
      oneOf(["frames", "proxy", "socket", "none"], {
        description:
          "How the app gets its connections. `frames`: a gateway accepts them, and sends the requests to the processes; a " +
          "request that may be repeated is sent again when its process dies. `proxy`: the same for any program that speaks " +
          "HTTP and listens on the port in its variable `PORT`, of which each process has its own. `socket`: the processes " +
          "share the listening socket. Default: `frames` for Node, without a port on the one that its first HTTP server " +
          "asks for; `socket` for other programs with a port.",
      }),
    ),
    stableFor: optional(
      duration(
        "A process that has run for this time has started; behind the gateway, after it has begun to listen. Default: 2 s.",
      ),
    ),
    readyTimeout: optional(duration("Time in which an app behind the gateway must begin to listen. Default: 30 s.")),
    drainTimeout: optional(
      duration("Time for requests to finish when their process behind the gateway is replaced. Default: 60 s."),
    ),
    killTimeout: optional(duration("Time between SIGTERM and SIGKILL. Default: 10 s.")),
    noAutorestart: defaulted(boolean({ description: "Do not start a process again when it has ended." }), false),
    stopExitCodes: optional(
      array(integer({ minimum: 0, maximum: 255 }), {
        description: "Exit codes after which a process is not started again.",
      }),
    ),
    maxRestarts: optional(
      integer({ minimum: 0, description: "Give up after this number of failed starts in a row. Default: never." }),
    ),
    restartDelay: optional(
      duration("Pause before the second restart in a row; it doubles up to 30 s. Default: 100 ms."),
    ),
    maxMemory: optional(size("Replace a process with more resident memory.")),
    maxCpu: optional(
      number({ minimum: 1, unit: "percent", description: "Replace a process that uses more of a CPU." }),
    ),
    watch: optional(
      anyOf([boolean(), array(string({ minLength: 1 }), { maxItems: 1_000 })], {
        description:
          "Restart it when files change: in the working directory, or at these paths (`--watch=src,config.json`). " +
          "`node_modules`, `.git` and logs are ignored.",
      }),
    ),
    ignoreWatch: optional(
      array(string({ minLength: 1, maxLength: 4_096 }), {
        maxItems: 1_000,
        description: "Globs, as in .gitignore, of files whose changes do not restart it; `!GLOB` includes them again.",
      }),
    ),
    cron: optional(
      string({
        maxLength: 1_000,
        description:
          'Restart it at these times: a cron expression such as `"0 3 * * *"`, in the time zone of the machine. With ' +
          "`--no-autorestart`, it is started again if it has ended.",
      }),
    ),
    warmup: optional(
      array(string({ minLength: 1, maxLength: 8_192 }), {
        maxItems: 32,
        description:
          "Paths that the gateway asks a process for before the process replaces another one, so that its code is loaded. " +
          "After a first start or a crash, a process gets requests at once.",
      }),
    ),
    after: optional(
      array(string({ minLength: 1, maxLength: 64 }), {
        description:
          "Apps that must be ready, or have finished, before it is started, also after a restart of the machine; it " +
          "waits for 60 s at most. When all apps are stopped, it is stopped before them.",
      }),
    ),
    uid: optional(string({ description: "Name or number of the user that it runs as; only for root." })),
    gid: optional(string({ description: "Name or number of the group; by default that of the user." })),
  },
  positionals: ["entry", "args..."],
  result: app,
  errors: [
    "NOT_FOUND",
    "IS_A_DIRECTORY",
    "NOT_A_DIRECTORY",
    "INVALID_DATA",
    "TOO_LARGE",
    "UNAVAILABLE",
    "BUSY",
    "UNSUPPORTED",
    "LIMIT_EXCEEDED",
  ],
  unconfined: true,
  strictOptions: true,
  examples: [
    { title: "A Node application", params: { entry: "server.js" } },
    { title: "Four Python processes on one port", params: { entry: "app.py", port: 8080, clones: 4 } },
    { title: "Programs that listen on $PORT", params: { entry: "./server", front: "proxy", port: 8080, clones: 4 } },
    { title: "A command line", params: { entry: "python3 -m http.server 8000", name: "files" } },
  ],
  changes: true,
  since,
});

export const status = command("app.status", {
  summary: "Show apps with their state, restarts and processes.",
  description: KEEPER,
  params: { name: optional(name) },
  positionals: ["name"],
  result: array(app),
  columns: OVERVIEW,
  errors: ["NOT_FOUND", "UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "All apps", params: {} }],
  changes: false,
  since,
});

export const stop = command("app.stop", {
  summary: "Stop an app: SIGTERM to all its processes, SIGKILL after its kill timeout.",
  description:
    "It stays stopped, also after a restart of the machine, until `app start NAME`. All processes that it has started " +
    "are ended too, in whatever process group or session they are. A process that has cleared its environment and left " +
    "the process group is not found.",
  params: { name },
  positionals: ["name"],
  result: app,
  errors: ["NOT_FOUND", "UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "One app", params: { name: "server" } }],
  changes: true,
  since,
});

export const restart = command("app.restart", {
  summary: "Replace the processes of an app one after the other.",
  description:
    "With `--port`, a new process is started and must be ready before the old one is stopped; if it is not, the old one " +
    "keeps running and the command fails with the reason. Without, the old one is stopped first, because two could not " +
    "listen on the same port. The environment file is read again.",
  params: { name, clone: optional(string({ maxLength: 32, description: "Id of one process; by default all." })) },
  positionals: ["name", "clone"],
  result: app,
  errors: ["NOT_FOUND", "UNAVAILABLE", "BUSY", "UNSUPPORTED"],
  examples: [{ title: "One app", params: { name: "server" } }],
  changes: true,
  since,
});

export const reload = command("app.reload", {
  summary: "Replace all processes of an app one after the other, as `app restart` does.",
  description:
    "The same as `app restart NAME`, for users of managers in which only a reload keeps the port open. Here neither closes " +
    "the port of an app with `--port`. `app restart` can also replace a single process.",
  params: { name },
  positionals: ["name"],
  result: app,
  errors: ["NOT_FOUND", "UNAVAILABLE", "BUSY", "UNSUPPORTED"],
  examples: [{ title: "One app", params: { name: "server" } }],
  changes: true,
  since,
});

export const versions = command("app.versions", {
  summary: "List the versions of an app: what was started of it, newest first.",
  description:
    "A version is what `app start`, `app apply` or `app rollback` has started: the command, the folder, the environment, " +
    "and the limits. The number of processes, `watch`, `cron`, `after` and the limits of the log are no part of it, and " +
    "starting the current version again makes no new one. The last 10 are kept. `fields` is what differs from the " +
    "version before; for files, a fingerprint of those that the command names.",
  params: { name },
  positionals: ["name"],
  result: array(
    object({
      version: integer({ description: "Its number." }),
      time: number({ minimum: 0, unit: "unix-seconds", description: "When it had started, or failed." }),
      current: boolean({ description: "It is what should run." }),
      state: oneOf(["good", "failed"], { description: "`good`: it has started." }),
      reason: optional(string({ description: "Why it did not start." })),
      changed: array(string(), { description: "Names of the fields that differ from the version before." }),
      fields: difference.fields,
    }),
  ),
  columns: ["version", "time", "current", "state", "changed", "reason"],
  errors: ["NOT_FOUND", "UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "One app", params: { name: "server" } }],
  changes: false,
  since,
});

export const rollback = command("app.rollback", {
  summary: "Return to an earlier version of an app.",
  description:
    "Starts the description of the last good version before the current one, or of the version `to` " +
    "(`app versions`), as `app start` would: if it does not start, what runs stays, and the command fails with the " +
    "reason. It becomes a new version, so a second rollback undoes the first one.\n\n" +
    "Files are not restored: a version has the command, the environment and the limits, not the contents of the folder. " +
    "If a file that the command names is not what it was, a warning says so.",
  params: {
    name,
    to: optional(integer({ minimum: 1, description: "Number of the version." })),
  },
  positionals: ["name"],
  result: object({
    name: string(),
    version: integer({ description: "Number of the version that runs now." }),
    restored: integer({ description: "Number of the version that it was returned to." }),
    state: appState,
    ready: count("Clones that are ready."),
    clones: count("Number of clones that should do the work."),
    warnings: array(string(), { description: "Files that are not what they were in that version." }),
  }),
  errors: ["NOT_FOUND", "UNAVAILABLE", "BUSY", "UNSUPPORTED"],
  examples: [
    { title: "The last good version", params: { name: "server" } },
    { title: "An earlier one", params: { name: "server", to: 3 } },
  ],
  changes: true,
  since,
});

export const scale = command("app.scale", {
  summary: "Change the number of processes of an app.",
  description: "The processes with the highest ids are stopped first.",
  params: { name, clones: integer({ minimum: 1, maximum: 256, description: "Number of processes." }) },
  positionals: ["name", "clones"],
  result: app,
  errors: ["NOT_FOUND", "UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "Four processes", params: { name: "server", clones: 4 } }],
  changes: true,
  since,
});

export const remove = command("app.delete", {
  summary: "Stop an app and forget it. Its log stays.",
  params: { name },
  positionals: ["name"],
  result: nothing(),
  errors: ["NOT_FOUND", "UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "One app", params: { name: "server" } }],
  changes: true,
  since,
});

export const crashes = command("app.crashes", {
  summary: "List the crashes and failed starts of an app with their last lines of output, newest first.",
  description: "The last 100 since the keeper started are kept.",
  params: {
    name,
    limit: defaulted(integer({ minimum: 1, maximum: 100, description: "Maximum number of results." }), 20),
  },
  positionals: ["name"],
  result: array(
    object({
      time: number({ minimum: 0, unit: "unix-seconds", description: "Includes fractions of a second." }),
      clone: string(),
      pid: optional(integer({ description: "Absent if the process could not be started." })),
      reason: string({ description: "How the process ended." }),
      cause: optional(string({ description: "Why it did not start, as far as its output shows." })),
      exit_code: optional(integer()),
      signal: optional(string()),
      uptime: seconds("Lifetime of the process."),
      memory: optional(bytes("Resident memory at the last check.")),
      last_lines: array(string(), { description: "The last 20 lines of output." }),
    }),
  ),
  columns: ["time", "clone", "pid", "uptime", "memory", "reason", "cause"],
  errors: ["NOT_FOUND", "UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "The most recent one", params: { name: "server", limit: 1 } }],
  changes: false,
  since,
});

export const logs = command("app.logs", {
  summary: "Show the latest output of an app, and optionally follow it.",
  description:
    "The output of all processes, across restarts and changes of the keeper. With `follow`, new lines are shown as they " +
    "are printed. Levels are recognized in JSON lines (`level`) and at the beginning of text lines (`ERROR`, `[warn]`); " +
    "other lines on stderr are errors. See [The logs of apps](../../app-logs.md).",
  params: {
    name,
    clone: optional(string({ maxLength: 64, description: "Id of one process; by default all." })),
    lines: defaulted(integer({ minimum: 0, maximum: 1_000_000, description: "Number of lines to show at most." }), 20),
    follow: defaulted(boolean({ description: "Keep showing new lines until interrupted." }), false),
    since: optional(string({ minLength: 1, description: "Only lines after this: `10m` ago, or a date and time." })),
    until: optional(string({ minLength: 1, description: "Only lines before this." })),
    stream: optional(oneOf(["stdout", "stderr", "note"], { description: "`note`: lines of the keeper." })),
    level: optional(
      oneOf(["trace", "debug", "info", "warn", "error", "fatal"], {
        description: "Only lines of this level or above.",
      }),
    ),
    grep: optional(
      string({ minLength: 1, maxLength: 1_000, description: "Only lines that match this expression (RE2)." }),
    ),
    ignoreCase: defaulted(boolean({ description: "`grep` ignores upper and lower case." }), false),
  },
  positionals: ["name"],
  events: object({
    time: number({ minimum: 0, unit: "unix-seconds", description: "When it was printed; with fractions of a second." }),
    clone: string({ description: "`-` for a note about the whole app." }),
    stream: oneOf(["stdout", "stderr", "note"]),
    line: string(),
  }),
  result: object({ lines: count("Lines shown.") }),
  errors: ["NOT_FOUND", "UNSUPPORTED"],
  examples: [
    { title: "The last lines", params: { name: "server" } },
    { title: "Errors of the last ten minutes", params: { name: "server", since: "10m", level: "error" } },
  ],
  changes: false,
  since,
});

const configuration = {
  config: optional(path({ description: "Configuration file, or a directory with one; by default the current one." })),
  envName: optional(
    string({ minLength: 1, maxLength: 64, description: "Also apply `env_NAME` of the configuration." }),
  ),
  prune: defaulted(boolean({ description: "Also delete apps that the configuration does not name." }), false),
};
const comparison = {
  file: string(),
  started: array(string(), { description: "Apps that did not run." }),
  changed: array(object(difference)),
  removed: array(string(), { description: "Apps that the configuration does not name; deleted only with `prune`." }),
  kept: array(string(), { description: "Apps that run as they should." }),
  warnings: array(string(), { description: "Fields of the configuration that have no effect." }),
};
const CONFIGURATION =
  "See [Configuration of apps](../../app-configuration.md) for the files, among them pm2's `ecosystem.config.js`.";

export const apply = command("app.apply", {
  summary: "Make the apps of a configuration file run as it says.",
  description:
    "Apps that are not running are started, those whose settings have changed are replaced, and all others are not " +
    "touched. The environment of the shell does not count as a change. If an app does not start, the others are " +
    `started all the same, and the command fails.\n\n${CONFIGURATION}`,
  params: configuration,
  positionals: ["config"],
  result: object(comparison),
  errors: [
    "NOT_FOUND",
    "INVALID_DATA",
    "TOO_LARGE",
    "TIMEOUT",
    "UNSUPPORTED",
    "UNAVAILABLE",
    "BUSY",
    "IS_A_DIRECTORY",
    "NOT_A_DIRECTORY",
    "LIMIT_EXCEEDED",
  ],
  unconfined: true,
  strictOptions: true,
  examples: [{ title: "The configuration in this directory", params: {} }],
  changes: true,
  since,
});

export const diff = command("app.diff", {
  summary: "Show what `app apply` would change.",
  description: CONFIGURATION,
  params: { config: configuration.config, envName: configuration.envName },
  positionals: ["config"],
  result: object(comparison),
  errors: [
    "NOT_FOUND",
    "INVALID_DATA",
    "TOO_LARGE",
    "TIMEOUT",
    "UNSUPPORTED",
    "UNAVAILABLE",
    "IS_A_DIRECTORY",
    "NOT_A_DIRECTORY",
  ],
  unconfined: true,
  examples: [{ title: "The configuration in this directory", params: {} }],
  changes: false,
  since,
});

export const startup = command("app.startup", {
  summary: "Start the apps when the machine starts, with systemd.",
  description:
    "Writes a unit that runs `xsys daemon`, and enables and starts it: `/etc/systemd/system/xsys-apps.service` for root, " +
    "`~/.config/systemd/user/xsys-apps.service` for other users. The daemon takes over the apps that run; no process is " +
    "restarted. The unit contains the path of this program, so install xsys before, and call this again after it has " +
    "moved. Other init systems are not supported: let them run `xsys daemon`.",
  params: {
    config: optional(path({ description: "Configuration file that the daemon applies at each start." })),
    print: defaulted(boolean({ description: "Only print the unit; change nothing." }), false),
  },
  result: anyOf([
    object({
      unit: string({ description: "Path of the unit." }),
      pid: integer({ description: "Process id of the keeper." }),
      hints: array(string(), { description: "What else is to be done." }),
    }),
    string({ description: "With `print`: the unit." }),
  ]),
  errors: ["NOT_FOUND", "UNSUPPORTED", "UNAVAILABLE", "BUSY"],
  unconfined: true,
  strictOptions: true,
  examples: [
    { title: "The apps that are running", params: {} },
    { title: "The unit, for people who install it themselves", params: { print: true } },
  ],
  changes: true,
  since,
});

export const unstartup = command("app.unstartup", {
  summary: "Do not start the apps when the machine starts: undoes `app startup`.",
  description: "The apps go on: a keeper in the background takes over from the unit's daemon.",
  params: {},
  result: object({
    unit: string({ description: "Path of the unit that was removed." }),
    pid: integer({ description: "Process id of the keeper." }),
  }),
  errors: ["NOT_FOUND", "UNSUPPORTED", "UNAVAILABLE"],
  unconfined: true,
  strictOptions: true,
  examples: [{ title: "As it was before", params: {} }],
  changes: true,
  since,
});

export const upgrade = command("app.upgrade", {
  summary: "Replace the keeper's program by this one. The apps keep running.",
  description:
    "Use it after an update of xsys. The keeper's process, the apps and their listening sockets stay. It waits for starts, " +
    "stops and rollouts in progress. Requires Linux and a Node with `node:ffi`, which the executable has.",
  params: {},
  result: object({ pid: integer({ description: "Process id of the keeper." }), version: string() }),
  errors: ["UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "After an update", params: {} }],
  changes: true,
  since,
});

export const end = command("app.end", {
  summary: "Stop all apps and the keeper. The next `app` command starts them again.",
  description: "What should run is unchanged. To stop an app for good, use `app stop`.",
  params: {},
  result: nothing(),
  errors: ["UNAVAILABLE", "UNSUPPORTED"],
  examples: [{ title: "Everything", params: {} }],
  changes: true,
  since,
});
