import { command } from "../contract/command.ts";
import { anyOf, array, boolean, defaulted, integer, object, oneOf, path, string, tuple } from "../contract/schema.ts";

const since = "0.1.0";
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const position = (description: string) =>
  integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, unit: "bytes", description });
const when = (description: string) => integer({ unit: "unix-seconds", description });

/** Digests that the platform's crypto offers everywhere. */
export const algorithm = defaulted(
  oneOf(["sha256", "sha512", "sha1", "md5", "sha3-256", "blake2b512"], { description: "Digest algorithm." }),
  "sha256",
);

export const fileStats = object({
  size: bytes("Of the contents."),
  is_file: boolean({ description: "A regular file; false for a link." }),
  is_dir: boolean(),
  is_symlink: boolean(),
  modified: when("Last change of the contents."),
  created: when("Birth; the oldest time known where the file system keeps none."),
  accessed: when("Last read."),
  permissions: integer({ minimum: 0, maximum: 0o7777, unit: "mode", description: "Mode bits." }),
  readonly: boolean({ description: "Nobody may write." }),
});

export const ls = command("fs.ls", {
  summary: "Entries of a folder, sorted by name.",
  description:
    "Names alone, or with `stats` pairs of name and stats. With `recursive`, paths relative to the folder; symbolic links are " +
    "listed and not followed. What is not UTF-8 in a name shows as U+FFFD.",
  params: {
    path: defaulted(path({ description: "The folder." }), "."),
    stats: defaulted(boolean({ description: "Pair each name with its stats." }), false),
    recursive: defaulted(boolean({ description: "Everything below, too." }), false),
  },
  positionals: ["path"],
  result: anyOf([array(string()), array(tuple([string(), fileStats]))]),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "TOO_LARGE"],
  examples: [
    { title: "Names", params: { path: "." } },
    { title: "Everything below, with sizes and times", params: { path: "src", recursive: true, stats: true } },
  ],
  changes: false,
  since,
});

export const read = command("fs.read", {
  summary: "The contents of a file as text.",
  description:
    "Bytes that are not UTF-8 become U+FFFD; `bytes` gives lower-case hex instead. A file larger than one answer may be is " +
    "TOO_LARGE: `fs.cat` streams it.",
  params: {
    path: path({ description: "The file." }),
    bytes: defaulted(boolean({ description: "Hex instead of text." }), false),
  },
  positionals: ["path"],
  result: string(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "A text file", params: { path: "notes.txt" } }],
  changes: false,
  since,
});

export const cat = command("fs.cat", {
  summary: "Stream the bytes of a file.",
  description: "Past the end there is nothing, and no error. A `limit` of 0 is no limit.",
  params: {
    path: path({ description: "The file." }),
    offset: defaulted(position("Where to start."), 0),
    limit: defaulted(position("How much at the most."), 0),
  },
  positionals: ["path"],
  output: { description: "The file's bytes." },
  result: object({ bytes: bytes("Sent.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY"],
  examples: [{ title: "Ten bytes from the fifth on", params: { path: "notes.txt", offset: 4, limit: 10 } }],
  changes: false,
  since,
});

export const stream = command("fs.stream", {
  summary: "The whole contents as one string, read in chunks.",
  description: "For XyPriss's client; `fs.cat` streams for real.",
  params: {
    path: path({ description: "The file." }),
    chunkSize: defaulted(
      integer({ minimum: 1, maximum: 16_777_216, unit: "bytes", description: "How much is read at a time." }),
      65_536,
    ),
    hex: defaulted(boolean({ description: "Hex instead of text." }), false),
  },
  positionals: ["path"],
  result: string(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "As hex", params: { path: "notes.txt", hex: true } }],
  changes: false,
  since,
});

export const stats = command("fs.stats", {
  summary: "Size, kind, times and mode of a file, folder or link.",
  description: "Of a symbolic link, the link's own.",
  params: { path: path({ description: "What to look at.", kind: "entry" }) },
  positionals: ["path"],
  result: fileStats,
  errors: ["NOT_FOUND"],
  examples: [{ title: "One file", params: { path: "notes.txt" } }],
  changes: false,
  since,
});

export const hash = command("fs.hash", {
  summary: "Digest of a file.",
  params: { path: path({ description: "The file." }), algorithm },
  positionals: ["path"],
  result: object({ hash: string({ description: "Lower-case hex." }) }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY"],
  progress: true,
  examples: [
    { title: "SHA-256", params: { path: "notes.txt" } },
    { title: "Another algorithm", params: { path: "notes.txt", algorithm: "sha512" } },
  ],
  changes: false,
  since,
});

export const verify = command("fs.verify", {
  summary: "Whether a file has a digest.",
  params: {
    path: path({ description: "The file." }),
    hash: string({ minLength: 1, description: "Expected digest in hex; its case does not matter." }),
    algorithm,
  },
  positionals: ["path", "hash"],
  result: object({ valid: boolean() }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY"],
  progress: true,
  examples: [
    {
      title: "Against a known digest",
      params: { path: "empty.txt", hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    },
  ],
  changes: false,
  since,
});

export const size = command("fs.size", {
  summary: "Bytes in a file, or in all files below a folder.",
  description:
    "A link given as the path is followed. Links below a folder are not: each counts with its own few bytes, as in `fs.ls`.",
  params: {
    path: path({ description: "A file or folder." }),
    human: defaulted(boolean({ description: "Accepted for older clients; both forms are always given." }), false),
  },
  positionals: ["path"],
  result: object({
    bytes: bytes("Sum of the contents."),
    formatted: string({ description: "Such as `1.50 KB`, in steps of 1024." }),
  }),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A whole folder", params: { path: "src" } }],
  changes: false,
  since,
});

export const check = command("fs.check", {
  summary: "Whether a path exists, and may be read and written.",
  description:
    "Access of the service's or the command's user, links followed. A missing path is an answer, not an error, and so is a link " +
    "that leads nowhere.",
  params: { path: path({ description: "Any path." }) },
  positionals: ["path"],
  result: object({ exists: boolean(), readable: boolean(), writable: boolean() }),
  examples: [{ title: "Is it there", params: { path: "missing.txt" } }],
  changes: false,
  since,
});

export const du = command("fs.du", {
  summary: "Size and number of files and folders of a tree.",
  description:
    "A link given as the path is followed. Links below a folder are not: each counts as a file of its own few bytes. A folder " +
    "that may not be read is DENIED, for a total without it would be wrong.",
  params: { path: path({ description: "A folder or file." }) },
  positionals: ["path"],
  result: object({
    path: string({ description: "As asked." }),
    size: bytes("Sum of the contents of all files; one with several names counts under each."),
    file_count: integer({ minimum: 0, description: "Everything that is not a folder." }),
    dir_count: integer({ minimum: 0, description: "Folders, the given one included." }),
  }),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A tree", params: { path: "src" } }],
  changes: false,
  since,
});

export const tail = command("fs.tail", {
  summary: "The last lines of a file.",
  description: "Lines end with LF or CRLF; a final line end starts no empty line.",
  params: {
    path: path({ description: "The file." }),
    lines: defaulted(integer({ minimum: 0, maximum: 1_000_000, description: "How many." }), 10),
  },
  positionals: ["path"],
  result: array(string()),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "The last two", params: { path: "logs/app.log", lines: 2 } }],
  changes: false,
  since,
});

export const diffFiles = command("fs.diff-files", {
  summary: "Lines that differ between two text files, line by line.",
  description:
    "Line n of one against line n of the other; a missing line counts as empty text. Lines end with LF or CRLF, and which of the " +
    "two is no difference.",
  params: { a: path({ description: "One file." }), b: path({ description: "The other." }) },
  positionals: ["a", "b"],
  result: array(
    object({
      line: integer({ minimum: 1, description: "Line number from 1." }),
      file_a: string({ description: "The line in the first." }),
      file_b: string({ description: "The line in the second." }),
    }),
  ),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "Two versions", params: { a: "notes.txt", b: "notes-old.txt" } }],
  changes: false,
  since,
});

export const topBigFiles = command("fs.top-big-files", {
  summary: "The largest files of a tree.",
  description: "Regular files alone, the largest first, those of one size by path.",
  params: {
    path: defaulted(path({ description: "The folder." }), "."),
    limit: defaulted(integer({ minimum: 1, maximum: 100_000, description: "How many at the most." }), 50),
  },
  positionals: ["path"],
  result: array(
    object({ path: string({ description: "Below the folder as asked." }), size: bytes("Of the contents.") }),
  ),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY"],
  examples: [{ title: "The largest three", params: { path: ".", limit: 3 } }],
  changes: false,
  since,
});

export const dedupe = command("fs.dedupe", {
  summary: "Groups of files with the same contents.",
  description:
    "Sizes are compared first, then the first block, then the digest. Left out are empty files, symbolic links, and all but one " +
    "of the names of one file (hard links), which take no space. The largest come first. Nothing is removed.",
  params: { path: defaulted(path({ description: "The folder." }), ".") },
  positionals: ["path"],
  result: array(
    object({
      hash: string({ description: "SHA-256 in lower-case hex." }),
      paths: array(string({ description: "Below the folder as asked." }), { minItems: 2 }),
      size: bytes("Of each one."),
    }),
  ),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY"],
  progress: true,
  examples: [{ title: "Find copies", params: { path: "." } }],
  changes: false,
  since,
});
