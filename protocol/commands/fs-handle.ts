import { command } from "../contract/command.ts";
import { anyOf, boolean, defaulted, integer, nothing, object, oneOf, path, string } from "../contract/schema.ts";
import { fileStats } from "./fs-read.ts";

const since = "0.1.0";
const heldByService = true;
const handle = integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Handle returned by `fs.open`." });
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const encoding = defaulted(oneOf(["hex", "base64"], { description: "Text encoding of the bytes." }), "hex");

/** Text values of `flags`, as in Node's open(); the numbers are Linux's O_* constants on x86-64. */
export const OPEN_FLAGS = {
  r: 0,
  rs: 0o10000,
  "r+": 2,
  "rs+": 0o10002,
  w: 0o1101,
  wx: 0o301,
  "w+": 0o1102,
  "wx+": 0o302,
  a: 0o2101,
  ax: 0o2301,
  as: 0o12101,
  "a+": 0o2102,
  "ax+": 0o2302,
  "as+": 0o12102,
} as const;

type FlagWord = keyof typeof OPEN_FLAGS;

export const open = command("fs.open", {
  summary: "Open a file and return a handle for later calls.",
  description:
    "A handle belongs to the connection that opened it and is closed with it. A `shared` handle can be used on any " +
    "connection and is closed after an hour without use. Handles opened from the shell, or by a client that did not " +
    "send the optional first message `Hello` (see protocol/README.md), are always shared. All handles are closed " +
    "when the service ends. From the shell, the command is useful only with --connect or XYPRISS_IPC_PATH: without " +
    "a service, the file is created or truncated as `flags` say, but the returned handle cannot be used. " +
    "Directories, FIFOs and sockets cannot be opened. Missing parent directories are not created.",
  params: {
    path: path({ description: "File to open." }),
    flags: defaulted(
      anyOf(
        [
          integer({
            minimum: 0,
            maximum: 0x7fff_ffff,
            description: "Linux's O_* constants of x86-64, on every platform.",
          }),
          oneOf(Object.keys(OPEN_FLAGS) as [FlagWord, ...FlagWord[]]),
        ],
        { description: "How to open the file, as in Node's open()." },
      ),
      "r",
    ),
    mode: defaulted(
      string({
        pattern: "^(0o?)?[0-7]{1,4}$",
        description: "Octal mode of a newly created file, before the umask is applied.",
      }),
      "0644",
    ),
    shared: defaulted(
      boolean({
        description: "Make the handle usable on any connection, and keep it open when this connection closes.",
      }),
      false,
    ),
  },
  positionals: ["path"],
  result: object({ handle: integer({ minimum: 0, description: "Handle for the other calls." }) }),
  plain: "handle",
  errors: ["NOT_FOUND", "ALREADY_EXISTS", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE", "LIMIT_EXCEEDED"],
  examples: [
    { title: "For reading", params: { path: "notes.txt" } },
    { title: "For writing, by number: O_WRONLY | O_CREAT | O_TRUNC", params: { path: "out.bin", flags: 577 } },
  ],
  changes: true,
  heldByService,
  since,
});

export const close = command("fs.close", {
  summary: "Close an open file.",
  description: "If the command does not run in a service (with `--connect` or `XYPRISS_IPC_PATH`), it does nothing.",
  params: { handle },
  positionals: ["handle"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "Close", params: { handle: 1_234 } }],
  changes: true,
  heldByService,
  since,
});

export const handleRead = command("fs.handle-read", {
  summary: "Read from an open file at its current position.",
  description:
    "Fewer than `length` bytes are returned only at the end of the file and for devices. If the position is at the " +
    "end of the file, the content is empty.",
  params: {
    handle,
    length: integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      unit: "bytes",
      description: "Number of bytes to read.",
    }),
    encoding,
  },
  positionals: ["handle"],
  result: object({ content: string({ description: "The bytes, encoded as text." }) }),
  errors: ["NOT_FOUND", "TOO_LARGE"],
  examples: [{ title: "The first bytes", params: { handle: 1_234, length: 16, encoding: "base64" } }],
  changes: true,
  heldByService,
  since,
});

export const handleWrite = command("fs.handle-write", {
  summary: "Write to an open file at its current position, or at its end if it was opened for appending.",
  params: { handle, data: string({ description: "The bytes, encoded as text." }), encoding },
  positionals: ["handle"],
  result: object({ n: bytes("Bytes written.") }),
  errors: ["NOT_FOUND", "NO_SPACE"],
  examples: [{ title: "Five bytes", params: { handle: 1_234, data: "68656c6c6f" } }],
  changes: true,
  heldByService,
  since,
});

export const handleSeek = command("fs.handle-seek", {
  summary: "Set the position of an open file.",
  params: {
    handle,
    offset: integer({
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      unit: "bytes",
      description: "Offset relative to `whence`.",
    }),
    whence: defaulted(
      integer({
        minimum: 0,
        maximum: 2,
        description: "Reference point: 0 for the start of the file, 1 for the current position, 2 for the end.",
      }),
      0,
    ),
  },
  positionals: ["handle"],
  result: object({ pos: bytes("New position from the start of the file.") }),
  errors: ["NOT_FOUND", "UNSUPPORTED"],
  examples: [{ title: "Back to the start", params: { handle: 1_234, offset: 0, whence: 0 } }],
  changes: true,
  heldByService,
  since,
});

export const handleStat = command("fs.handle-stat", {
  summary: "Show size, times and mode of an open file.",
  params: { handle },
  positionals: ["handle"],
  result: fileStats,
  errors: ["NOT_FOUND"],
  examples: [{ title: "Size and times", params: { handle: 1_234 } }],
  changes: false,
  heldByService,
  since,
});
