import type { CommandName } from "../../protocol/commands/index.ts";

type ModuleOf<N> = N extends `${infer M}.${string}` ? M : never;
export type ModuleName = ModuleOf<CommandName>;

/** What each module is for. A module without a line here does not compile. */
export const MODULES: Readonly<Record<ModuleName, string>> = {
  path: "Take paths apart and put them together.",
  fs: "Read, write, compare, measure, lock and encrypt files and folders.",
  archive: "Compress files; pack and unpack tar and zip archives.",
  search: "Find files by name, time or contents, and rename many.",
  sys: "The machine: processor, memory, disks, network, processes, users.",
  monitor: "Follow the machine, or a process, as time goes by.",
  console: "Filter, name, limit and encrypt what an application logs.",
  watch: "Tell of changes to files and folders as they happen.",
  terminal: "Run a program in a terminal of its own.",
  cluster: "The workers of a running service: their state, their output, their replacement.",
  service: "A running service: its health, its commands, its end.",
};

export interface Word {
  readonly usage: string;
  readonly summary: string;
  /** The command that the word is short for. */
  readonly command?: CommandName;
  /** Words that may come next. */
  readonly choices?: readonly string[];
}

/** Actions of the command line alone, beside those that contracts declare. */
export const ACTIONS: Readonly<Record<string, Word>> = {
  "terminal run": {
    usage: "terminal run [--] <program> [arguments]",
    summary: "Run a program in a terminal that is joined to this one; its exit status is the program's.",
  },
};

/** The hidden first word by which the scripts ask: `xsys __complete <words…>` prints `complete(words)`, a line each. */
export const COMPLETE_WORD = "__complete";

/** Shells that a completion script is there for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** First words that are no module. */
export const WORDS: Readonly<Record<string, Word>> = {
  serve: { usage: "serve", summary: "Run the service until it is told to stop." },
  server: {
    usage: "server start",
    summary: "Run the service with an application's workers, and HTTP in front of them.",
    choices: ["start"],
  },
  "service-unit": {
    usage: "service-unit [--user] [--socket-unit] [serve | server start]",
    summary: "Print a unit by which systemd runs the service with the flags given.",
    choices: ["serve", "server"],
  },
  status: { usage: "status", summary: "What the running service is, holds and has done.", command: "service.status" },
  ping: { usage: "ping", summary: "Ask the running service for a sign of life.", command: "service.ping" },
  stop: { usage: "stop", summary: "Stop the running service.", command: "service.stop" },
  help: { usage: "help [module] [action]", summary: "Print help, as --help does." },
  completion: {
    usage: "completion <shell>",
    summary: "Print a script that completes xsys in bash, zsh or fish.",
    choices: SHELLS,
  },
};
