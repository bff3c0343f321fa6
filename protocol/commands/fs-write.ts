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
const data = () => optional(string({ description: "Contents as text, instead of the input bytes." }));
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
    "old contents stay. The file is overwritten in place only if xsys lacks the permission to create files in its " +
    "directory or to replace the file. Symbolic links are followed. If the path is a FIFO or a device, the bytes are " +
    "written to it; if a FIFO has no reader, the command fails with UNAVAILABLE.",
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
  summary: "Replace a file atomically: even after a machine crash, it has either the old or the new contents.",
  description:
    "The contents are written to a temporary file in the same directory, which is flushed to disk and then renamed. " +
    "If this fails, the temporary file is removed. Only write permission on the directory is needed: a read-only " +
    "file is replaced, but if no file may be created in the directory, the command fails with DENIED.",
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
    "The mode is also set if the file already exists. The contents are written to a temporary file that only its " +
    "owner can access. This file gets the mode and is then renamed, so users whom the mode excludes can never read " +
    "the contents.",
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
    "The file is created, or truncated if it exists, before the first byte arrives. `fs.write`, in contrast, " +
    "replaces the file after the last byte has arrived.",
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
    "If the file contains `search` as literal text, that text is replaced. Otherwise `search` is used as a " +
    "JavaScript regular expression if it is a valid one; `$1` and `$&` in `replace` then refer to the match. `mode` " +
    "selects literal text or regular expression explicitly. If a regular expression exceeds its time limit of 3 s, " +
    "the command fails with TIMEOUT, and the file is unchanged. Literal text is replaced in any file. A regular " +
    "expression requires a file in UTF-8; for other files, the command fails with INVALID_DATA.",
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
    "The chunks are named `<file>.001`, `<file>.002` and so on (`<file>.1000` follows `<file>.999`), and have the " +
    "mode of the file. An empty file gives one empty chunk. If there would be more than 100,000 chunks, the command " +
    "fails with TOO_LARGE. On failure no chunk is created.",
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
  description:
    "`dest` may be one of the sources. If `dest` is new, it gets only the permissions that all sources have.",
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
