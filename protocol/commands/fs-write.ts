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
const data = () => optional(string({ description: "The contents as text, in place of the byte stream." }));
const input = { description: "The contents.", param: "data" } as const;
const ensureFile = () =>
  defaulted(boolean({ description: "Accepted for older clients; missing folders are always created." }), false);

export const write = command("fs.write", {
  summary: "Write a file, or append to it.",
  description:
    "Missing folders are created. A file is replaced in one step and keeps its mode; when the write fails the old one stays " +
    "whole. Only where its folder does not allow a new file beside it, or does not let this one be replaced, is it overwritten in " +
    "place. A link is written through. A FIFO or device is written to; a FIFO that nobody reads is UNAVAILABLE.",
  params: {
    path: file(),
    append: defaulted(boolean({ description: "Add to the end instead." }), false),
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
  summary: "Replace a file so that readers, and a crash, find the old or the new contents and never a part.",
  description:
    "A temporary file beside it is written, flushed to disk and renamed; none is left behind. The folder's permission " +
    "counts: a file that is read-only is replaced too, and one in a folder that takes no new file is DENIED.",
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
  summary: "Write a file with a given mode, which an existing file takes too.",
  description: "At no moment are the contents in a file with a wider mode.",
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
  examples: [{ title: "For the owner alone", params: { path: "secret.key" }, input: "s3cret\n" }],
  changes: true,
  since,
});

export const catWrite = command("fs.cat-write", {
  summary: "Stream bytes into a file.",
  description:
    "The file is created or emptied at once and grows as bytes come: the one writing command that others can watch at work.",
  params: { path: file() },
  positionals: ["path"],
  input: { description: "The contents." },
  result: object({ bytes: integer({ minimum: 0, unit: "bytes", description: "Written." }) }),
  errors: ["IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE", "UNAVAILABLE"],
  examples: [{ title: "From a pipe", params: { path: "out/dump.bin" }, input: "bytes" }],
  changes: true,
  since,
});

export const patch = command("fs.patch", {
  summary: "Replace every occurrence of a text, or of a regular expression, in a file.",
  description:
    "`search` is literal text first. Only when the file does not hold it as such, and it reads as a regular expression " +
    "(JavaScript's syntax), is it taken as one, with `$1` and `$&` meaning groups in `replace`. `mode` settles it beforehand. " +
    "An expression that runs over its time limit (3 s) is a TIMEOUT and leaves the file. Literal text is replaced in any " +
    "file; an expression needs UTF-8, and is INVALID_DATA elsewhere.",
  params: {
    path: file(),
    search: string({ minLength: 1, description: "Text, or the source of a regular expression." }),
    replace: string({ description: "What to put in its place." }),
    mode: defaulted(oneOf(["auto", "literal", "regex"], { description: "What `search` is." }), "auto"),
    flags: defaulted(
      string({ pattern: "^[dgimsuvy]*$", description: "Flags of the expression; `g` is always set." }),
      "g",
    ),
  },
  positionals: ["path", "search", "replace"],
  result: object({
    changed: boolean({ description: "Whether the file holds anything else now." }),
    replacements: integer({ minimum: 0, description: "Occurrences replaced." }),
  }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE", "TOO_LARGE", "TIMEOUT"],
  examples: [
    { title: "A literal text", params: { path: "notes.txt", search: "price (USD)", replace: "price (EUR)" } },
    { title: "An expression", params: { path: "notes.txt", search: "line (\\d)", replace: "row $1", mode: "regex" } },
  ],
  changes: true,
  since,
});

export const split = command("fs.split", {
  summary: "Cut a file into chunks.",
  description:
    "The chunks are named `<file>.001`, `<file>.002`, … `<file>.1000`, and have the file's mode; an empty file is one empty " +
    "chunk. More than 100,000 are TOO_LARGE. When it fails no chunk is made.",
  params: {
    path: file(),
    bytes: integer({ minimum: 1, unit: "bytes", description: "Size of each chunk; the last may be smaller." }),
    out: defaulted(path({ description: "Folder for the chunks; empty is the file's own." }), ""),
  },
  positionals: ["path"],
  result: array(string(), { description: "Paths of the chunks, in order." }),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE", "TOO_LARGE"],
  examples: [{ title: "Into an own folder", params: { path: "logs/app.log", bytes: 16, out: "parts" } }],
  changes: true,
  since,
});

export const merge = command("fs.merge", {
  summary: "Join files into one.",
  description: "`dest` may be one of the sources. A new file is open to those alone who may read every source.",
  params: {
    dest: path({ description: "The file to make." }),
    sources: array(path({ description: "A file." }), { minItems: 1, description: "What to join, in order." }),
  },
  positionals: ["dest", "sources..."],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE"],
  examples: [{ title: "Two files", params: { dest: "all.txt", sources: ["notes.txt", "notes-old.txt"] } }],
  changes: true,
  since,
});
