import { command } from "../contract/command.ts";
import { boolean, defaulted, integer, nothing, object, path } from "../contract/schema.ts";
import { file, octal } from "./fs-params.ts";

const since = "0.1.0";

export const copy = command("fs.copy", {
  summary: "Copy a file or a whole tree.",
  description:
    "Modes are kept, save for set-user-ID and set-group-ID; symbolic links are copied as links. `dest` is the copy's own " +
    "path; an existing file there is replaced, an existing folder is merged into. A new tree appears in one step, and is merged " +
    "into one that another copy has made there meanwhile. Holes of sparse files stay holes. FIFOs, sockets and devices cannot be " +
    "copied: with one of them in it a tree is UNSUPPORTED, and nothing is copied.",
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
    "the source is copied, with its times, its holes and as far as possible its owners, and removed when all is there.",
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
    "removed from the destination. Holes of sparse files stay holes. Links are copied as links; with a FIFO, socket or device in it a tree is UNSUPPORTED.",
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
