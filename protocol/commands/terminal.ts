import { command } from "../contract/command.ts";
import {
  array,
  defaulted,
  integer,
  nothing,
  object,
  oneOf,
  optional,
  path,
  record,
  string,
} from "../contract/schema.ts";

const since = "0.1.0";
const terminal = integer({ minimum: 1, description: "Terminal id from the `started` event." });
/** The size of a terminal is two 16-bit numbers: ioctl_tty(2). */
const columns = integer({ minimum: 1, maximum: 65_535, description: "Width in characters." });
const lines = integer({ minimum: 1, maximum: 65_535, description: "Height in lines." });
const OF_THE_CONNECTION =
  "Only SDK clients can use this command: each call of `xsys` opens a new connection, which has no terminals.";

export const open = command("terminal.open", {
  summary: "Run a program in a pseudo-terminal.",
  description:
    "The input is typed into the terminal; the output is what the program displays. As in any terminal, programs may " +
    "edit lines and show colours, lines end with CR LF, and the input is echoed. At the end of the input ^D is " +
    "typed; a program that reads lines treats this as the end of its input. Back pressure applies in both " +
    "directions: a slow reader pauses the program, and a program that does not read pauses the input.\n\nThe " +
    "terminal belongs to the connection that opened it. When the call is cancelled or the connection closes, all " +
    "processes in the terminal get SIGHUP, and two seconds later SIGKILL. A service has at most 64 terminals. With " +
    "`--confine`, the command fails with DENIED, because xsys cannot confine the programs that it starts.\n\n`xsys " +
    "terminal run <program> [arguments]` connects the program to the terminal of the caller. When the program has " +
    "ended, xsys exits with the status of the program.",
  params: {
    command: string({
      minLength: 1,
      maxLength: 32_767,
      description: "Program: a path, or a name that is looked up in PATH.",
    }),
    args: defaulted(array(string(), { description: "Arguments of the program." }), []),
    cwd: optional(path({ description: "Working directory; by default the root (see `--root`)." })),
    env: optional(
      record(string(), {
        description: 'Environment variables, in addition to those of the service: a JSON object, such as `{"A":"1"}`.',
      }),
    ),
    cols: defaulted(columns, 80),
    rows: defaulted(lines, 24),
    name: defaulted(string({ minLength: 1, description: "Terminal type (TERM)." }), "xterm-256color"),
  },
  positionals: ["command", "args..."],
  input: { description: "Text to type into the terminal." },
  output: { description: "Output of the program." },
  events: object({
    started: object({
      terminal: integer({ minimum: 1, description: "Terminal id for `resize` and `signal`." }),
      pid: integer(),
    }),
  }),
  result: object({
    exit_code: integer({ minimum: 0, description: "0 if a signal ended the program." }),
    signal: optional(string({ description: "Signal that ended the program, such as `SIGKILL`." })),
  }),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "LIMIT_EXCEEDED", "UNSUPPORTED"],
  unconfined: true,
  examples: [{ title: "List a directory in 40 columns", params: { command: "ls", args: ["/"], cols: 40 } }],
  changes: true,
  since,
});

export const resize = command("terminal.resize", {
  summary: "Resize a terminal of this connection (for SDK clients; not usable from the shell).",
  description: `The program is notified with SIGWINCH. ${OF_THE_CONNECTION}`,
  params: { terminal, cols: columns, rows: lines },
  positionals: ["terminal", "cols", "rows"],
  result: nothing(),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [{ title: "132 columns, 43 lines", params: { terminal: 1, cols: 132, rows: 43 } }],
  changes: true,
  needsService: true,
  sdkOnly: true,
  since,
});

export const signal = command("terminal.signal", {
  summary: "Send a signal to the program in a terminal (for SDK clients; not usable from the shell).",
  description:
    "The signal goes to the program's process group. SIGINT has the same effect as typing ^C. Windows supports " +
    "only SIGKILL. " +
    OF_THE_CONNECTION,
  params: {
    terminal,
    signal: oneOf([
      "SIGHUP",
      "SIGINT",
      "SIGQUIT",
      "SIGKILL",
      "SIGUSR1",
      "SIGUSR2",
      "SIGTERM",
      "SIGCONT",
      "SIGSTOP",
      "SIGTSTP",
    ]),
  },
  positionals: ["terminal", "signal"],
  result: nothing(),
  errors: ["NOT_FOUND", "UNSUPPORTED", "UNAVAILABLE"],
  examples: [{ title: "Terminate the program", params: { terminal: 1, signal: "SIGTERM" } }],
  changes: true,
  needsService: true,
  sdkOnly: true,
  since,
});
