/**
 * Variables that belong to the session or the process from which an app is started, and not to the app: it outlives them.
 * A `*` at the end stands for any rest. Everything else is kept: PATH, HOME, LANG, TZ, NODE_OPTIONS, NODE_ENV, …
 */
const NOT_KEPT: readonly string[] = [
  // The shell: its depth, its directory, the last program. The app has a directory of its own.
  ...["SHLVL", "PWD", "OLDPWD", "_"],
  // The terminal and its size: an app has none, and programs that find these print control sequences into its log.
  ...["TERM", "TERM_*", "COLORTERM", "COLUMNS", "LINES", "FORCE_COLOR", "GPG_TTY"],
  ...["TMUX*", "STY", "WINDOW", "WINDOWID", "KONSOLE_*", "VTE_VERSION", "ITERM_*", "LC_TERMINAL*", "VSCODE_*"],
  // The login: the connection, its agent and the session end with it. XDG_RUNTIME_DIR belongs to the user and is kept.
  ...["SSH_*", "XDG_SESSION_*", "XDG_SEAT*", "XDG_VTNR", "SUDO_*"],
  // npm's script: its configuration, the fields of its package.json, the directory in which it was called.
  ...["npm_*", "INIT_CWD"],
  // Descriptors that only the caller has, or that were meant for it: Node's IPC channel, cluster, systemd.
  ...["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE", "NODE_UNIQUE_ID", "LISTEN_*", "NOTIFY_SOCKET"],
  ...["WATCHDOG_*", "MAINPID", "MANAGERPID*", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID"],
  ...["CREDENTIALS_DIRECTORY", "MEMORY_PRESSURE_*"],
  // xsys itself: what its launchers pass on, and what makes a process a worker or a clone of another app.
  ...["XSYS_PARENT", "XSYS_PATH_FOLLOWED", "XSYS_PROGRAM", "XSYS_NODE_OPTIONS", "XSYS_WORKER_KEY", "XSYS_PRELOADED"],
  ...["XYPRISS_WORKER_ID", "XYPRISS_IPC_PATH", "XYPRISS_MAX_CPU", "GUARDIAN_CLONE_ID"],
  ...["XSYS_APP", "XSYS_CLONE_*", "NODE_APP_INSTANCE"],
];

const NAMES: ReadonlySet<string> = new Set(NOT_KEPT.filter((name) => !name.endsWith("*")));
const PREFIXES: readonly string[] = NOT_KEPT.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));

/** The environment of a caller without what belongs to the caller alone. */
export function baseEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(kept.filter(([name]) => isKept(name)));
}

function isKept(name: string): boolean {
  return !NAMES.has(name) && !PREFIXES.some((prefix) => name.startsWith(prefix));
}
