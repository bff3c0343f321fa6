import { command } from "../contract/command.ts";
import { boolean, defaulted, integer, nothing, object, path } from "../contract/schema.ts";
import { file, octal } from "./fs-params.ts";

const since = "0.1.0";

export const copy = command("fs.copy", {
  summary: "Copy a file or directory tree.",
  description:
    "`dest` is the path of the copy itself. If `dest` is an existing file, it is replaced; if it is an existing " +
    "directory, the copy is merged into it. A new tree appears atomically; if another `fs.copy` has created `dest` " +
    "meanwhile, the two copies are merged. Modes are preserved except for set-user-ID and set-group-ID. Symbolic " +
    "links are copied as links. Sparse files stay sparse. FIFOs, sockets and devices cannot be copied: if a tree " +
    "contains one, the command fails with UNSUPPORTED, and nothing is copied.",
  params: {
    src: path({ description: "File or directory to copy.", kind: "entry" }),
    dest: path({ description: "Path of the copy." }),
    progress: defaulted(
      boolean({
        description: "No effect; accepted because XyPriss's client sends it. Use `--quiet` to hide the progress.",
      }),
      false,
    ),
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
  summary: "Move or rename a file or directory tree, also across file systems.",
  description:
    "If `src` is a file or symbolic link, it replaces an existing file or symbolic link at `dest`. If `src` is a " +
    "directory, it replaces an existing empty directory. If `src` and `dest` are on different file systems, `src` is " +
    "copied and then removed. The copy keeps the times, sparse files stay sparse, and owners are kept as far as " +
    "possible. The root (`--root`, by default the current directory) and the directories above it cannot be moved.",
  params: {
    src: path({ description: "File or directory to move.", kind: "entry" }),
    dest: path({ description: "New path.", kind: "entry" }),
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
  summary: "Remove a file, link or directory tree.",
  description:
    "The root (`--root`, by default the current directory) and the directories above it cannot be removed. A " +
    "symbolic link is removed, not followed.",
  params: {
    path: path({ description: "Path to remove.", kind: "entry" }),
    force: defaulted(boolean({ description: "Do not fail if the path does not exist." }), false),
  },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A tree", params: { path: "logs" } }],
  changes: true,
  since,
});

export const mkdir = command("fs.mkdir", {
  summary: "Create a directory.",
  params: {
    path: path({ description: "Directory to create." }),
    parents: defaulted(boolean({ description: "Create missing parents; do not fail if the directory exists." }), false),
  },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "ALREADY_EXISTS", "NOT_A_DIRECTORY"],
  examples: [{ title: "With its parents", params: { path: "a/b/c", parents: true } }],
  changes: true,
  since,
});

export const touch = command("fs.touch", {
  summary: "Set the times of a file to now; create it if it is missing.",
  params: { path: file() },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_A_DIRECTORY"],
  examples: [{ title: "A marker", params: { path: "tmp/restart.txt" } }],
  changes: true,
  since,
});

export const link = command("fs.link", {
  summary: "Create a symbolic link.",
  description: "The link contains the absolute path of `src`, which does not have to exist.",
  params: {
    src: path({ description: "Target of the link." }),
    dest: path({ description: "Path of the link.", kind: "entry" }),
  },
  positionals: ["src", "dest"],
  result: nothing(),
  errors: ["ALREADY_EXISTS"],
  examples: [{ title: "A short name", params: { src: "logs/app.log", dest: "latest.log" } }],
  changes: true,
  since,
});

export const chmod = command("fs.chmod", {
  summary: "Set the mode of a file or directory.",
  params: { path: path({ description: "File or directory." }), mode: octal("Octal mode, such as `755`.") },
  positionals: ["path", "mode"],
  result: nothing(),
  errors: ["NOT_FOUND"],
  examples: [{ title: "Read-only", params: { path: "notes.txt", mode: "444" } }],
  changes: true,
  since,
});

export const sync = command("fs.sync", {
  summary: "Copy new and changed files from a source to a destination.",
  description:
    "Files with the same size and modification time are skipped. Times and modes of copied files are preserved. " +
    "Nothing is removed from the destination. Sparse files stay sparse. Symbolic links are copied as links. If the " +
    "source contains a FIFO, socket or device, the command fails with UNSUPPORTED.",
  params: {
    src: path({ description: "Source directory or file." }),
    dest: path({ description: "Destination path." }),
  },
  positionals: ["src", "dest"],
  result: object({
    copied: integer({ minimum: 0, description: "Files copied." }),
    skipped: integer({ minimum: 0, description: "Files that were up to date." }),
    bytes: integer({ minimum: 0, unit: "bytes", description: "Bytes written." }),
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
    "On copy-on-write file systems and flash storage the old blocks may survive; encrypt data that must not be " +
    "recoverable.",
  params: {
    path: path({ description: "Path of the file; symbolic links are refused.", kind: "entry" }),
    passes: defaulted(integer({ minimum: 1, maximum: 100, description: "Number of passes." }), 3),
  },
  positionals: ["path"],
  result: nothing(),
  errors: ["NOT_FOUND", "IS_A_DIRECTORY"],
  examples: [{ title: "One pass", params: { path: "notes.txt", passes: 1 } }],
  changes: true,
  since,
});
