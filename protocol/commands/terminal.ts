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
const terminal = integer({ minimum: 1, description: "As `started` told it." });
/** A terminal's size is two 16-bit numbers, ioctl_tty(2). */
const columns = integer({ minimum: 1, maximum: 65_535, description: "Characters in a line." });
const lines = integer({ minimum: 1, maximum: 65_535, description: "Lines." });
const OF_THE_CONNECTION =
  "It is for clients that keep their connection: a command line has one of its own, and no terminals on it.";

export const open = command("terminal.open", {
  summary: "Run a program in a terminal of its own: input is typed into it, output is what it shows.",
  description:
    "The program sees a terminal: it edits lines, shows colours, and ends its lines in CR LF; what is typed is echoed. At " +
    "the end of the input ^D is typed, which to a program that reads lines is the end of its input. A reader that is " +
    "behind holds the program up, and a program that does not read holds the input up.\n\n" +
    "The terminal belongs to the connection that opened it. When the call is cancelled, or its connection is gone, the " +
    "program and all that runs in the terminal get SIGHUP, and SIGKILL after two seconds. A service has 64 terminals at " +
    "the most. Under `--confine` it is DENIED: a program goes where it likes.\n\n" +
    "`xsys terminal run <program> [arguments]` joins the caller's own terminal to it.",
  params: {
    command: string({
      minLength: 1,
      maxLength: 32_767,
      description: "The program: a path, or a name looked up in PATH.",
    }),
    args: defaulted(array(string(), { description: "Its arguments." }), []),
    cwd: optional(path({ description: "The folder it runs in; the root by default." })),
    env: optional(record(string(), { description: "Environment variables beside those of the service." })),
    cols: defaulted(columns, 80),
    rows: defaulted(lines, 24),
    name: defaulted(string({ minLength: 1, description: "The kind of terminal: TERM." }), "xterm-256color"),
  },
  positionals: ["command", "args..."],
  input: { description: "What is typed." },
  output: { description: "What the program shows." },
  events: object({
    started: object({ terminal: integer({ minimum: 1, description: "For `resize` and `signal`." }), pid: integer() }),
  }),
  result: object({
    exit_code: integer({ minimum: 0, description: "0 when a signal ended it." }),
    signal: optional(string({ description: "The signal that ended it, such as `SIGKILL`." })),
  }),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "LIMIT_EXCEEDED", "UNSUPPORTED"],
  unconfined: true,
  examples: [{ title: "What a program makes of a terminal", params: { command: "ls", args: ["/"], cols: 40 } }],
  changes: true,
  since,
});

export const resize = command("terminal.resize", {
  summary: "Change the size of a terminal that this connection opened; its program is told by SIGWINCH.",
  description: OF_THE_CONNECTION,
  params: { terminal, cols: columns, rows: lines },
  positionals: ["terminal", "cols", "rows"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A wide one", params: { terminal: 1, cols: 132, rows: 43 } }],
  changes: true,
  needsService: true,
  since,
});

export const signal = command("terminal.signal", {
  summary: "Send a signal to the program of a terminal that this connection opened, and to its process group.",
  description: `SIGINT is what ^C sends, which may be typed as well. Windows has but SIGKILL. ${OF_THE_CONNECTION}`,
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
  errors: ["NOT_FOUND", "UNSUPPORTED"],
  examples: [{ title: "Ask it to end", params: { terminal: 1, signal: "SIGTERM" } }],
  changes: true,
  needsService: true,
  since,
});
