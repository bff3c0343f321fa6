import { command } from "../contract/command.ts";
import {
  array,
  boolean,
  defaulted,
  integer,
  nothing,
  object,
  oneOf,
  optional,
  path,
  string,
} from "../contract/schema.ts";
import { file, octal } from "./fs-params.ts";

const since = "0.1.0";
const data = () => optional(string({ description: "Contents as text, instead of the byte stream." }));
const input = { description: "The contents.", param: "data" } as const;
const ensureFile = () =>
  defaulted(
    boolean({
      description: "No effect; accepted because XyPriss's client sends it. Missing directories are always created.",
    }),
    false,
  );

export const write = command("fs.write", {
  summary: "Write a file, replacing it atomically, or append to it.",
  description:
    "Missing directories are created. The file is replaced atomically and keeps its mode; if the write fails, the " +
    "old contents stay. It is overwritten in place only if permission is missing to create a file in its " +
    "directory or to replace the file. Symbolic links are followed. FIFOs and devices are written to; a FIFO without " +
    "a reader fails with UNAVAILABLE.",
  params: {
    path: file(),
    append: defaulted(boolean({ description: "Append to the end of the file." }), false),
    ensureFile: ensureFile(),
    data: data(),
  },
  positionals: ["path"],
  input,
  result: nothing(),
  errors: ["IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE", "UNAVAILABLE"],
  examples: [
    { title: "Write a file", params: { path: "out/hello.txt" }, input: "hello\n" },
    { title: "Append a line", params: { path: "logs/app.log", append: true }, input: "one more\n" },
  ],
  changes: true,
  since,
});

export const atomicWrite = command("fs.atomic-write", {
  summary: "Replace a file, never in place: after a crash of the machine it has either the old or the new contents.",
  description:
    "After a crash, and for every reader, the file has either the old or the new contents. A temporary file in the " +
    "same directory is written, flushed to disk and renamed; it is not left behind. The permission of the " +
    "directory decides: a read-only file is replaced, and a file in a directory that allows no new files fails " +
    "with DENIED.",
  params: { path: file(), ensureFile: ensureFile(), data: data() },
  positionals: ["path"],
  input,
  result: nothing(),
  errors: ["IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE", "BUSY"],
  examples: [{ title: "Replace a configuration", params: { path: "config.json" }, input: "{}\n" }],
  changes: true,
  since,
});

export const writeSecure = command("fs.write-secure", {
  summary: "Write a file with a given mode, such as 600 for a secret.",
  description:
    "An existing file gets the mode, too. The contents are written to a temporary file that only the owner can " +
    "read; it gets the mode before it is renamed, so the contents are never readable by users whom the mode " +
    "excludes.",
  params: {
    path: file(),
    mode: defaulted(octal("Octal mode, such as `600`."), "0600"),
    ensureFile: ensureFile(),
    data: data(),
  },
  positionals: ["path"],
  input,
  result: nothing(),
  errors: ["IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE"],
  examples: [{ title: "Accessible only to the owner", params: { path: "secret.key" }, input: "s3cret\n" }],
  changes: true,
  since,
});

export const catWrite = command("fs.cat-write", {
  summary: "Stream bytes into a file that readers can follow while it grows.",
  description:
    "The file is created or truncated at once and grows as bytes arrive. Unlike `fs.write`, readers see the file " +
    "while it grows.",
  params: { path: file() },
  positionals: ["path"],
  input: { description: "The contents." },
  result: object({ bytes: integer({ minimum: 0, unit: "bytes", description: "Bytes written." }) }),
  errors: ["IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE", "UNAVAILABLE"],
  examples: [{ title: "From a pipe", params: { path: "out/dump.bin" }, input: "bytes" }],
  changes: true,
  since,
});

export const patch = command("fs.patch", {
  summary: "Replace all matches of a text or regular expression in a file.",
  description:
    "`search` is tried as literal text first. If the file does not contain it and it is a valid JavaScript regular " +
    "expression, it is used as one, and `$1` and `$&` in `replace` refer to the match. `mode` selects one of the " +
    "two explicitly. An expression that exceeds its time limit (3 s) fails with TIMEOUT and leaves the file " +
    "unchanged. Literal text is replaced in any file; an expression requires UTF-8 and otherwise fails with " +
    "INVALID_DATA.",
  params: {
    path: file(),
    search: string({ minLength: 1, description: "Text or source of a regular expression to search for." }),
    replace: string({ description: "Replacement text." }),
    mode: defaulted(oneOf(["auto", "literal", "regex"], { description: "How to interpret `search`." }), "auto"),
    flags: defaulted(
      string({ pattern: "^[dgimsuvy]*$", description: "Flags of the regular expression; `g` is always set." }),
      "g",
    ),
  },
  positionals: ["path", "search", "replace"],
  result: object({
    changed: boolean({ description: "Whether the contents changed." }),
    replacements: integer({ minimum: 0, description: "Number of matches replaced." }),
  }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE", "TOO_LARGE", "TIMEOUT"],
  examples: [
    { title: "A literal text", params: { path: "notes.txt", search: "price (USD)", replace: "price (EUR)" } },
    {
      title: "A regular expression",
      params: { path: "notes.txt", search: "line (\\d)", replace: "row $1", mode: "regex" },
    },
  ],
  changes: true,
  since,
});

export const split = command("fs.split", {
  summary: "Split a file into chunks.",
  description:
    "The chunks are named `<file>.001`, `<file>.002`, … `<file>.1000`, and have the file's mode; an empty file " +
    "gives one empty chunk. More than 100,000 chunks fail with TOO_LARGE. On failure no chunk is created.",
  params: {
    path: file(),
    bytes: integer({ minimum: 1, unit: "bytes", description: "Size of each chunk; the last one may be smaller." }),
    out: defaulted(path({ description: "Directory for the chunks; if empty, the directory of the file." }), ""),
  },
  positionals: ["path"],
  result: array(string(), { description: "Paths of the chunks, in order." }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE", "TOO_LARGE"],
  examples: [{ title: "Into a separate directory", params: { path: "logs/app.log", bytes: 16, out: "parts" } }],
  changes: true,
  since,
});

export const merge = command("fs.merge", {
  summary: "Concatenate files into one.",
  description: "`dest` may be one of the sources. A new file is accessible only to those who may read every source.",
  params: {
    dest: path({ description: "File to write." }),
    sources: array(path({ description: "Source file." }), { minItems: 1, description: "Source files, in order." }),
  },
  positionals: ["dest", "sources..."],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE"],
  examples: [{ title: "Two files", params: { dest: "all.txt", sources: ["notes.txt", "notes-old.txt"] } }],
  changes: true,
  since,
});
