import { command } from "../command.ts";
import { array, boolean, defaulted, integer, nothing, object, oneOf, optional, path, string } from "../schema.ts";

const since = "0.1.0";
const file = () => path({ description: "The file." });
const data = () => optional(string({ description: "The contents as text, in place of the byte stream." }));
const input = { description: "The contents.", param: "data" } as const;
const ensureFile = () =>
  defaulted(boolean({ description: "Accepted for older clients; missing folders are always created." }), false);
const octal = (description: string) => string({ pattern: "^(0o?)?[0-7]{1,4}$", description });

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

export const copy = command("fs.copy", {
  summary: "Copy a file or a whole tree.",
  description:
    "Modes are kept, save for set-user-ID and set-group-ID; symbolic links are copied as links. `dest` is the copy's own " +
    "path; an existing file there is replaced, an existing folder is merged into. A new tree appears in one step. FIFOs, " +
    "sockets and devices cannot be copied: with one of them in it a tree is UNSUPPORTED, and nothing is copied.",
  params: {
    src: path({ description: "What to copy.", kind: "entry" }),
    dest: path({ description: "Where to." }),
    progress: defaulted(boolean({ description: "Accepted for older clients." }), false),
  },
  positionals: ["src", "dest"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NO_SPACE", "UNSUPPORTED"],
  progress: true,
  examples: [
    { title: "A file", params: { src: "notes.txt", dest: "backup/notes.txt" } },
    { title: "A tree", params: { src: "src", dest: "backup/src" } },
  ],
  changes: true,
  since,
});

export const move = command("fs.move", {
  summary: "Move or rename a file or tree, also to another file system.",
  description:
    "An existing file at the destination is replaced; an existing folder that is not empty is not. To another file system " +
    "the source is copied, with its times and as far as possible its owners, and removed when all is there.",
  params: {
    src: path({ description: "What to move.", kind: "entry" }),
    dest: path({ description: "Where to.", kind: "entry" }),
  },
  positionals: ["src", "dest"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NOT_EMPTY", "NO_SPACE", "UNSUPPORTED"],
  progress: true,
  examples: [{ title: "Rename", params: { src: "notes.txt", dest: "archive/notes.txt" } }],
  changes: true,
  since,
});

export const rm = command("fs.rm", {
  summary: "Remove a file, link or whole tree.",
  description: "The root itself, and every folder it lies in, is refused. A link is removed, not followed.",
  params: {
    path: path({ description: "What to remove.", kind: "entry" }),
    force: defaulted(boolean({ description: "A missing path is fine." }), false),
  },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A tree", params: { path: "logs" } }],
  changes: true,
  since,
});

export const mkdir = command("fs.mkdir", {
  summary: "Make a folder.",
  params: {
    path: path({ description: "The folder." }),
    parents: defaulted(boolean({ description: "Missing parents too; an existing folder is fine." }), false),
  },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "ALREADY_EXISTS", "NOT_A_DIRECTORY"],
  examples: [{ title: "With its parents", params: { path: "a/b/c", parents: true } }],
  changes: true,
  since,
});

export const touch = command("fs.touch", {
  summary: "Set a file's times to now; create it when it is missing.",
  params: { path: file() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_A_DIRECTORY"],
  examples: [{ title: "A marker", params: { path: "tmp/restart.txt" } }],
  changes: true,
  since,
});

export const link = command("fs.link", {
  summary: "Make a symbolic link.",
  description: "The link holds the absolute path of `src`, which need not exist.",
  params: {
    src: path({ description: "What the link leads to." }),
    dest: path({ description: "Where the link is made.", kind: "entry" }),
  },
  positionals: ["src", "dest"],
  result: nothing(),
  errors: ["ALREADY_EXISTS"],
  examples: [{ title: "A short name", params: { src: "logs/app.log", dest: "latest.log" } }],
  changes: true,
  since,
});

export const chmod = command("fs.chmod", {
  summary: "Set the mode of a file or folder.",
  params: { path: path({ description: "A file or folder." }), mode: octal("Octal mode, such as `755`.") },
  positionals: ["path", "mode"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "Read-only", params: { path: "notes.txt", mode: "444" } }],
  changes: true,
  since,
});

export const sync = command("fs.sync", {
  summary: "Bring a destination up to date with a source, one way.",
  description:
    "Files whose size and modification time are the same are skipped; times and modes are kept on what is copied; nothing is " +
    "removed from the destination. Links are copied as links; with a FIFO, socket or device in it a tree is UNSUPPORTED.",
  params: { src: path({ description: "A folder or file." }), dest: path({ description: "Where to." }) },
  positionals: ["src", "dest"],
  result: object({
    copied: integer({ minimum: 0, description: "Files written." }),
    skipped: integer({ minimum: 0, description: "Files found up to date." }),
    bytes: integer({ minimum: 0, unit: "bytes", description: "Written." }),
  }),
  errors: ["NOT_FOUND", "NOT_A_DIRECTORY", "IS_A_DIRECTORY", "NO_SPACE", "UNSUPPORTED"],
  progress: true,
  examples: [{ title: "A backup", params: { src: "src", dest: "backup/src" } }],
  changes: true,
  since,
});

export const shred = command("fs.shred", {
  summary: "Overwrite a file with random bytes, then remove it.",
  description:
    "On copy-on-write file systems and flash storage the old blocks may survive; encrypt what must not be found.",
  params: {
    path: path({ description: "The file; a link is refused.", kind: "entry" }),
    passes: defaulted(integer({ minimum: 1, maximum: 100, description: "How often." }), 3),
  },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY"],
  examples: [{ title: "One pass", params: { path: "notes.txt", passes: 1 } }],
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
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE", "TOO_LARGE"],
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

const holder = object({
  pid: integer({ description: "The process that asked; of a one-shot command, the one that started it." }),
  host: string(),
  user: string(),
  since: integer({ unit: "unix-seconds" }),
  owner: optional(string({ description: "As given when it was taken." })),
});

export const lock = command("fs.lock", {
  summary: "Take an advisory lock on a path.",
  description:
    "The lock is a file `<path>.lock` that names its holder and stays until `fs.unlock`, whatever happens to the process. When " +
    "it is held already, `locked` is false and `holder` tells by whom.",
  params: {
    path: path({ description: "What to lock; it need not exist." }),
    owner: optional(string({ maxLength: 200, description: "A name for the holder." })),
  },
  positionals: ["path"],
  result: object({ locked: boolean({ description: "Whether it was taken now." }), holder }),
  errors: ["BUSY", "NOT_A_DIRECTORY"],
  examples: [{ title: "Take a lock", params: { path: "notes.txt", owner: "nightly job" } }],
  changes: true,
  since,
});

export const unlock = command("fs.unlock", {
  summary: "Give a lock back.",
  params: { path: path({ description: "What was locked." }) },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "Give it back", params: { path: "locked.txt" } }],
  changes: true,
  since,
});

const key = () => string({ minLength: 1, maxLength: 4096, description: "The secret." });
const sealed =
  "AES-256-GCM; the key is derived with scrypt. The file is replaced in one step, so a failure leaves it as it was.";

export const encrypt = command("fs.encrypt", {
  summary: "Encrypt a file in place with a secret.",
  description: sealed,
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE", "TOO_LARGE"],
  examples: [{ title: "Encrypt", params: { path: "notes.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const decrypt = command("fs.decrypt", {
  summary: "Decrypt a file that `fs.encrypt` made, in place.",
  description: "A wrong secret, or a damaged file, is INVALID_DATA and leaves the file as it was.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE"],
  examples: [{ title: "Decrypt", params: { path: "sealed.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const hardwareEncrypt = command("fs.hardware-encrypt", {
  summary: "Encrypt a file in place, bound to a secret and to this machine.",
  description: `${sealed} The machine's id goes into the key: on another machine the right secret fails too.`,
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "NO_SPACE", "TOO_LARGE", "UNSUPPORTED"],
  examples: [{ title: "Encrypt", params: { path: "notes.txt", key: "correct horse" } }],
  changes: true,
  since,
});

export const hardwareDecrypt = command("fs.hardware-decrypt", {
  summary: "Decrypt a file that `fs.hardware-encrypt` made on this machine, in place.",
  description: "A wrong secret, another machine, or a damaged file is INVALID_DATA and leaves the file as it was.",
  params: { path: file(), key: key() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY", "INVALID_DATA", "NO_SPACE", "UNSUPPORTED"],
  examples: [{ title: "Decrypt", params: { path: "sealed-here.txt", key: "correct horse" } }],
  changes: true,
  since,
});
