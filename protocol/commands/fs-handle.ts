import { command } from "../contract/command.ts";
import { anyOf, boolean, defaulted, integer, nothing, object, oneOf, path, string } from "../contract/schema.ts";
import { fileStats } from "./fs-read.ts";

const since = "0.1.0";
const heldByService = true;
const handle = integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "As `fs.open` gave it." });
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const encoding = defaulted(oneOf(["hex", "base64"], { description: "How bytes are written as text." }), "hex");

/** What `flags` may be as text, as Node's own open() has it; the numbers are Linux's O_* of x86-64. */
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
  summary: "Open a file and keep it open for calls to come.",
  description:
    "The handle belongs to the connection that opened it and is closed with it. One that is `shared`, as all are that were opened " +
    "on a connection without a Hello or by the command line, is anybody's: it is closed when nobody has used it for an hour. All " +
    "are closed when the service ends. A command line without a service opens the file, which creates or empties it as `flags` say, and closes it: its " +
    "number is good for `fs close` alone. Folders, FIFOs and sockets cannot be opened; folders on the way are not made.",
  params: {
    path: path({ description: "The file." }),
    flags: defaulted(
      anyOf(
        [
          integer({ minimum: 0, maximum: 0x7fff_ffff, description: "Linux's O_* of x86-64, on every platform." }),
          oneOf(Object.keys(OPEN_FLAGS) as [FlagWord, ...FlagWord[]]),
        ],
        { description: "What for." },
      ),
      "r",
    ),
    mode: defaulted(
      string({ pattern: "^(0o?)?[0-7]{1,4}$", description: "Octal mode of a file that is created, less the umask." }),
      "0644",
    ),
    shared: defaulted(boolean({ description: "Leave it to anybody, and open when this connection is gone." }), false),
  },
  positionals: ["path"],
  result: object({ handle: integer({ minimum: 0, description: "What the other calls name the open file by." }) }),
  plain: "handle",
  errors: ["NOT_FOUND", "ALREADY_EXISTS", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE", "LIMIT_EXCEEDED"],
  examples: [
    { title: "To read", params: { path: "notes.txt" } },
    { title: "To write, by number: O_WRONLY | O_CREAT | O_TRUNC", params: { path: "out.bin", flags: 577 } },
  ],
  changes: true,
  heldByService,
  since,
});

export const close = command("fs.close", {
  summary: "Close an open file.",
  description: "A command line without a service has nothing open, and is content with any number.",
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
  summary: "Read an open file from its position on.",
  description: "Less than `length` comes at the file's end alone, and of a device; at the end the content is empty.",
  params: {
    handle,
    length: integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, unit: "bytes", description: "How much." }),
    encoding,
  },
  positionals: ["handle"],
  result: object({ content: string({ description: "The bytes as text." }) }),
  errors: ["NOT_FOUND", "TOO_LARGE"],
  examples: [{ title: "The first bytes", params: { handle: 1_234, length: 16, encoding: "base64" } }],
  changes: true,
  heldByService,
  since,
});

export const handleWrite = command("fs.handle-write", {
  summary: "Write into an open file at its position; at its end, when it was opened to append.",
  params: { handle, data: string({ description: "The bytes as text." }), encoding },
  positionals: ["handle"],
  result: object({ n: bytes("Written.") }),
  errors: ["NOT_FOUND", "NO_SPACE"],
  examples: [{ title: "Five bytes", params: { handle: 1_234, data: "68656c6c6f" } }],
  changes: true,
  heldByService,
  since,
});

export const handleSeek = command("fs.handle-seek", {
  summary: "Set an open file's position.",
  params: {
    handle,
    offset: integer({
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      unit: "bytes",
      description: "How far from there.",
    }),
    whence: defaulted(
      integer({ minimum: 0, maximum: 2, description: "From where: 0 the start, 1 the position, 2 the end." }),
      0,
    ),
  },
  positionals: ["handle"],
  result: object({ pos: bytes("The position from the start.") }),
  errors: ["NOT_FOUND", "UNSUPPORTED"],
  examples: [{ title: "Back to the start", params: { handle: 1_234, offset: 0, whence: 0 } }],
  changes: true,
  heldByService,
  since,
});

export const handleStat = command("fs.handle-stat", {
  summary: "Size, times and mode of an open file.",
  params: { handle },
  positionals: ["handle"],
  result: fileStats,
  errors: ["NOT_FOUND"],
  examples: [{ title: "How large is it", params: { handle: 1_234 } }],
  changes: false,
  heldByService,
  since,
});
