import type { CommandName } from "../../protocol/commands/index.ts";

type ModuleOf<N> = N extends `${infer M}.${string}` ? M : never;
export type ModuleName = ModuleOf<CommandName>;

/** Summaries of the modules. A module without an entry does not compile. */
export const MODULES: Readonly<Record<ModuleName, string>> = {
  path: "Split, join and normalize paths.",
  fs: "Read, write, compare, measure, lock and encrypt files and directories.",
  archive: "Compress files; create and extract tar and zip archives.",
  search: "Find files by name, time or contents; rename files in bulk.",
  sys: "Inspect the machine: processor, memory, disks, network, processes, users.",
  monitor: "Monitor the machine or a process over time.",
  console: "Filter, label, limit and encrypt an application's console messages.",
  watch: "Report changes to files and directories as they happen.",
  terminal: "Run programs in a pseudo-terminal.",
  cluster: "Manage the workers of a running service: status, output, restarts.",
  app: "Keep applications running: start, restart, scale, logs, crashes.",
  service: "Manage a running service: status, commands, shutdown.",
};

export interface Word {
  readonly usage: string;
  readonly summary: string;
  /** The command that the word is a shorthand for. */
  readonly command?: CommandName;
  /** Words that may follow. */
  readonly choices?: readonly string[];
}

/** Actions that exist only on the command line, in addition to those that contracts declare. */
export const ACTIONS: Readonly<Record<string, Word>> = {
  "terminal run": {
    usage: "terminal run [--] <program> [arguments]",
    summary:
      "Run a program in a pseudo-terminal that is connected to this terminal. When the program has ended, xsys exits " +
      "with its status.",
  },
};

/** Hidden first word for completion scripts: `xsys __complete <words…>` prints one candidate per line. */
export const COMPLETE_WORD = "__complete";
/** Hidden first word with which the service starts its gateway processes. */
export const GATEWAY_WORD = "__gateway";

/** Hidden first word with which the keeper starts the gateway in front of apps. */
export const APP_GATEWAY_WORD = "__app-gateway";

/** Hidden first word with which the keeper of apps is started. */
export const KEEPER_WORD = "__keeper";

/** First word that runs the keeper of apps in the foreground. */
export const DAEMON_WORD = "daemon";

/** Shells with a completion script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

const PROGRAMS = ["serve", "server", "service-unit", DAEMON_WORD] as const;

/** First words that run longer, or concern the process that runs them, so that it must be the caller's own. */
export function isProgram(word: string): word is (typeof PROGRAMS)[number] {
  return (PROGRAMS as readonly string[]).includes(word);
}

/** First words that are not a module. */
export const WORDS: Readonly<Record<string, Word>> = {
  serve: {
    usage: "serve",
    summary:
      "Run the service until it is stopped. The global options --root and --confine set what its clients can access.",
  },
  server: {
    usage: "server start",
    summary: "Run the service with an application's workers behind an HTTP gateway.",
    choices: ["start"],
  },
  [DAEMON_WORD]: {
    usage: "daemon",
    summary:
      "Run the keeper of apps in the foreground, for a service manager or as process 1 of a container. It takes over " +
      "the apps that run, and starts those that should. SIGTERM stops all apps and ends it; SIGHUP applies the " +
      "configuration again. See `xsys app --help` for the commands.",
  },
  "service-unit": {
    usage: "service-unit [--user] [--socket-unit] [serve | server start]",
    summary: "Print a systemd unit that runs the service with the given flags.",
    choices: ["serve", "server"],
  },
  status: {
    usage: "status",
    summary: "Show service status and statistics.",
    command: "service.status",
  },
  ping: {
    usage: "ping",
    summary: "Check that the service responds.",
    command: "service.ping",
  },
  stop: { usage: "stop", summary: "Stop the running service.", command: "service.stop" },
  help: { usage: "help [module] [action]", summary: "Print the same help as --help." },
  completion: {
    usage: "completion <shell>",
    summary: "Print a completion script for bash, zsh or fish.",
    choices: SHELLS,
  },
};
