import { command } from "../contract/command.ts";
import { anyOf, array, boolean, defaulted, integer, object, oneOf, path, string, tuple } from "../contract/schema.ts";

const since = "0.1.0";
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const position = (description: string) =>
  integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, unit: "bytes", description });
const when = (description: string) => integer({ unit: "unix-seconds", description });

/** Digests that Node's crypto offers on every platform. */
export const algorithm = defaulted(
  oneOf(["sha256", "sha512", "sha1", "md5", "sha3-256", "blake2b512"], { description: "Digest algorithm." }),
  "sha256",
);

export const fileStats = object({
  size: bytes("Size of the contents."),
  is_file: boolean({ description: "Whether it is a regular file; false for a symbolic link." }),
  is_dir: boolean(),
  is_symlink: boolean(),
  modified: when("Last modification of the contents."),
  created: when("Creation time; if the file system does not record it, the oldest known time."),
  accessed: when("Last access."),
  permissions: integer({ minimum: 0, maximum: 0o7777, unit: "mode", description: "Mode bits." }),
  readonly: boolean({ description: "Whether nobody has write permission." }),
});

export const ls = command("fs.ls", {
  summary: "List a directory.",
  description:
    "The result is the sorted list of names. With `stats`, each entry is a pair of name and stats. With `recursive`, " +
    "the names are paths relative to the directory, and symbolic links are listed but not followed. Bytes of a name " +
    "that are not valid UTF-8 are shown as U+FFFD.",
  params: {
    path: defaulted(path({ description: "Directory to list." }), "."),
    stats: defaulted(boolean({ description: "Return the stats of each entry." }), false),
    recursive: defaulted(boolean({ description: "Include the entries of subdirectories." }), false),
  },
  positionals: ["path"],
  result: anyOf([array(string()), array(tuple([string(), fileStats]))]),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "TOO_LARGE"],
  examples: [
    { title: "Names", params: { path: "." } },
    { title: "A tree with sizes and times", params: { path: "src", recursive: true, stats: true } },
  ],
  changes: false,
  since,
});

export const read = command("fs.read", {
  summary: "Read a file as text, in one answer.",
  description:
    "Bytes that are not valid UTF-8 become U+FFFD. With `bytes`, the contents are returned as lower-case hex " +
    "instead. If the file is larger than the maximum size of an answer, the command fails with TOO_LARGE; `fs.cat` " +
    "streams files of any size.",
  params: {
    path: path({ description: "Path of the file." }),
    bytes: defaulted(boolean({ description: "Return hex instead of text." }), false),
  },
  positionals: ["path"],
  result: string(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "A text file", params: { path: "notes.txt" } }],
  changes: false,
  since,
});

export const cat = command("fs.cat", {
  summary: "Stream the bytes of a file, of any size.",
  description: "If `offset` is past the end of the file, no bytes are sent; this is not an error.",
  params: {
    path: path({ description: "Path of the file." }),
    offset: defaulted(position("Offset of the first byte."), 0),
    limit: defaulted(position("Maximum number of bytes; 0 for no limit."), 0),
  },
  positionals: ["path"],
  output: { description: "The file's bytes." },
  result: object({ bytes: bytes("Bytes sent.") }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY"],
  examples: [{ title: "Ten bytes, starting with the fifth", params: { path: "notes.txt", offset: 4, limit: 10 } }],
  changes: false,
  since,
});

export const stream = command("fs.stream", {
  summary: "Read a file as one string (for XyPriss; use `fs.read` or `fs.cat`).",
  description: "The file is read in chunks of `chunkSize`.",
  params: {
    path: path({ description: "Path of the file." }),
    chunkSize: defaulted(
      integer({ minimum: 1, maximum: 16_777_216, unit: "bytes", description: "Bytes to read at a time." }),
      65_536,
    ),
    hex: defaulted(boolean({ description: "Return hex instead of text." }), false),
  },
  positionals: ["path"],
  result: string(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "As hex", params: { path: "notes.txt", hex: true } }],
  changes: false,
  since,
});

export const stats = command("fs.stats", {
  summary: "Show size, type, times and mode of a file, directory or link.",
  description: "For a symbolic link, the stats are those of the link itself.",
  params: { path: path({ description: "Path to inspect.", kind: "entry" }) },
  positionals: ["path"],
  result: fileStats,
  errors: ["NOT_FOUND"],
  examples: [{ title: "One file", params: { path: "notes.txt" } }],
  changes: false,
  since,
});

export const hash = command("fs.hash", {
  summary: "Compute the digest of a file.",
  params: { path: path({ description: "Path of the file." }), algorithm },
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
  summary: "Check a file against a digest.",
  description: "A mismatch is not an error: `valid` is false, and the exit status is 0.",
  params: {
    path: path({ description: "Path of the file." }),
    hash: string({ minLength: 1, description: "Expected digest in hex, upper or lower case." }),
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
  summary: "Show the total size of a file or directory, in bytes and in readable form.",
  description:
    "A symbolic link given as the path is followed. Links below a directory are not followed; each counts with the " +
    "size of the link itself.",
  params: {
    path: path({ description: "File or directory." }),
    human: defaulted(
      boolean({
        description: "No effect; accepted because XyPriss's client sends it. Both forms are always returned.",
      }),
      false,
    ),
  },
  positionals: ["path"],
  result: object({
    bytes: bytes("Total size of the contents."),
    formatted: string({ description: "Readable size such as `1.50 KB`, in steps of 1024." }),
  }),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A directory", params: { path: "src" } }],
  changes: false,
  since,
});

export const check = command("fs.check", {
  summary: "Check whether a path exists and can be read and written.",
  description:
    "Access is checked for the user who runs the command or, with --connect, the user who runs the service. Symbolic " +
    "links are followed. A missing path or a dangling link is reported in the result, not as an error.",
  params: { path: path({ description: "Path to check." }) },
  positionals: ["path"],
  result: object({ exists: boolean(), readable: boolean(), writable: boolean() }),
  examples: [{ title: "A missing file", params: { path: "missing.txt" } }],
  changes: false,
  since,
});

export const du = command("fs.du", {
  summary: "Show the total size of a tree, and how many files and directories it has.",
  description:
    "A symbolic link given as the path is followed. Links below a directory are not followed; each counts as a " +
    "file with the size of the link itself. If a directory may not be read, the command fails with DENIED, because " +
    "the total would be incomplete.",
  params: { path: path({ description: "Directory or file." }) },
  positionals: ["path"],
  result: object({
    path: string({ description: "Path as given." }),
    size: bytes("Total size of all files; a file with several hard links is counted once for each link."),
    file_count: integer({ minimum: 0, description: "Number of entries that are not directories." }),
    dir_count: integer({ minimum: 0, description: "Number of directories, including the given one." }),
  }),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A tree", params: { path: "src" } }],
  changes: false,
  since,
});

export const tail = command("fs.tail", {
  summary: "Show the last lines of a file.",
  description: "Lines end with LF or CRLF. A trailing newline does not count as an additional, empty line.",
  params: {
    path: path({ description: "Path of the file." }),
    lines: defaulted(integer({ minimum: 0, maximum: 1_000_000, description: "Number of lines." }), 10),
  },
  positionals: ["path"],
  result: array(string()),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "The last two lines", params: { path: "logs/app.log", lines: 2 } }],
  changes: false,
  since,
});

export const diffFiles = command("fs.diff-files", {
  summary: "Compare two text files line by line.",
  description:
    "Line n of one file is compared with line n of the other. If one file has fewer lines, its missing lines count " +
    "as empty. A line may end with LF or CRLF; a difference in line ends is ignored.",
  params: { a: path({ description: "First file." }), b: path({ description: "Second file." }) },
  positionals: ["a", "b"],
  result: array(
    object({
      line: integer({ minimum: 1, description: "Line number from 1." }),
      file_a: string({ description: "Line in the first file." }),
      file_b: string({ description: "Line in the second file." }),
    }),
  ),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "TOO_LARGE"],
  examples: [{ title: "Two versions", params: { a: "notes.txt", b: "notes-old.txt" } }],
  changes: false,
  since,
});

export const topBigFiles = command("fs.top-big-files", {
  summary: "List the largest files of a tree.",
  description: "Only regular files are listed, the largest first. Files of equal size are sorted by path.",
  params: {
    path: defaulted(path({ description: "Directory to search." }), "."),
    limit: defaulted(integer({ minimum: 1, maximum: 100_000, description: "Maximum number of results." }), 50),
  },
  positionals: ["path"],
  result: array(
    object({
      path: string({ description: "Path, starting with the given directory." }),
      size: bytes("Size of the file."),
    }),
  ),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY"],
  examples: [{ title: "The largest three", params: { path: ".", limit: 3 } }],
  changes: false,
  since,
});

export const dedupe = command("fs.dedupe", {
  summary: "Find files with identical contents.",
  description:
    "Files are compared by their size, then by their first block, then by their digest. Empty files and symbolic " +
    "links are skipped. Of several hard links to one file, only one is compared. The largest files come first. " +
    "Nothing is removed.",
  params: { path: defaulted(path({ description: "Directory to search." }), ".") },
  positionals: ["path"],
  result: array(
    object({
      hash: string({ description: "SHA-256 in lower-case hex." }),
      paths: array(string({ description: "Path, starting with the given directory." }), { minItems: 2 }),
      size: bytes("Size of each file."),
    }),
  ),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY"],
  progress: true,
  examples: [{ title: "Find duplicates", params: { path: "." } }],
  changes: false,
  since,
});
